"""axe over a page, without looking at the same thing again: of rows that differ in words and figures only, the first three are examined.

So are the first three of all texts in the same colours, for whether they can be read: that is half of what axe does. And so is what a page
before it had in the same place: the head, the menus and the rows of two hundred pages are few things.

axe takes about a millisecond for every element. What decides (elements, classes, roles, which attributes there are, which texts are empty,
everything around it, the width and the theme) is compared, so one odd row among alike ones is examined too. Only what passed is remembered.
"""

from axe_playwright_python.sync_playwright import Axe as Whole
from axe_playwright_python.sync_playwright import AxeResults

RUN = """memory => {
    const FREE = /^(id|href|src|title|alt|name|value|for|datetime|headers|action|content|data-.*|hx-.*|aria-(label|describedby|labelledby|controls|owns))$/
    const ROWS = 'tbody, tr, li, option, article'
    const PARTS = `${ROWS}, header, footer, nav, aside, main, section, form, fieldset, details, dialog, table, thead, ul, ol, dl, p, div, figure, svg`
    const attribute = ({name, value}) => !FREE.test(name) ? `${name}=${value}` : value.trim() ? name : `${name} empty`
    const short = text => { // 64 bits of it
        let a = 0xdeadbeef, b = 0x41c6ce57
        for (let i = 0; i < text.length; i++) {
            const c = text.charCodeAt(i)
            a = Math.imul(a ^ c, 2654435761)
            b = Math.imul(b ^ c, 1597334677)
        }
        return (a >>> 0).toString(36) + (b >>> 0).toString(36)
    }
    const head = node => `<${node.localName} ${[...node.attributes].map(attribute).sort()}>`
    const shapes = new Map(), shape = node => {
        if (node.nodeType !== Node.ELEMENT_NODE) return node.nodeType === Node.TEXT_NODE && node.data.trim() ? 'x' : ''
        if (!shapes.has(node)) shapes.set(node, short(head(node) + [...node.childNodes].map(shape)))
        return shapes.get(node)
    }
    const theme = [innerWidth, matchMedia('(prefers-color-scheme: dark)').matches, document.documentElement.dataset.theme].join()
    const places = new Map(), place = node => {
        if (!places.has(node)) places.set(node, node ? short(place(node.parentElement) + head(node)) : theme)
        return places.get(node)
    }
    const known = new Set(memory.parts), alike = new Map(), again = [], parts = []
    const look = node => {
        if (node.matches(PARTS)) {
            const key = place(node) + shape(node), beside = alike.get(node.parentNode) || alike.set(node.parentNode, {}).get(node.parentNode)
            beside[key] = (beside[key] || 0) + 1
            if ((known.has(key) || node.matches(ROWS) && beside[key] > 3) && !node.contains(document.activeElement)) return again.push(node)
            parts.push(key)
        }
        for (const child of node.children) look(child)
    }
    look(document.body)
    const styles = new Map(), style = node => styles.get(node) || styles.set(node, getComputedStyle(node)).get(node)
    const grounds = new Map(), ground = node => {
        if (!node) return ''
        if (!grounds.has(node)) {
            const {backgroundColor, backgroundImage, opacity, filter, mixBlendMode} = style(node)
            grounds.set(node, [backgroundColor, backgroundImage, opacity, filter, mixBlendMode, ground(node.parentElement)].join())
        }
        return grounds.get(node)
    }
    const colours = node => {
        const {color, fontSize, fontWeight, textShadow, position} = style(node), parent = node.parentElement
        return short([node.localName, node.className, parent && parent.className, color, fontSize, fontWeight, textShadow, position, ground(node)].join())
    }
    const contrast = axe._audit.checks['color-contrast'], usual = contrast.evaluate, looked = new Map(Object.entries(memory.colours))
    contrast.evaluate = function (node, ...more) {
        const kind = colours(node), times = looked.get(kind) || 0
        if (times >= 3) return true
        const found = usual.call(this, node, ...more)
        if (found !== undefined) looked.set(kind, times + 1) // or it could not be told here
        return found
    }
    return axe.run(again.length ? {exclude: again} : document, {resultTypes: ['violations']})
        .then(results => ({results, parts, colours: Object.fromEntries(looked)}))
}"""


class Memory:
    """What passed: hashes of parts where they stood, and how many texts of each colours."""

    def __init__(self):
        self.parts, self.colours = set(), {}


class Axe(Whole):
    """Pages of one run; `memory` is shared by them all unless one is given."""

    EVERYTHING = Memory()

    def __init__(self, memory=EVERYTHING):
        super().__init__()
        self.memory = memory

    def run(self, page):
        page.evaluate(self.axe_script)
        told = page.evaluate(RUN, {"parts": list(self.memory.parts), "colours": self.memory.colours})
        found = AxeResults(told["results"])
        if not found.violations_count:
            self.memory.parts.update(told["parts"])
            self.memory.colours = told["colours"]
        return found
