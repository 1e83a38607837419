"""axe over a page, without looking at the same thing again: of rows that differ in words and figures only, the first three are examined.

So are the first three of all texts in the same colours, for whether they can be read: that is half of what axe does.

axe takes about a millisecond for every element. A long list is hundreds of rows of few shapes, and what decides (elements, classes, roles,
which attributes there are, which texts are empty) is compared for every row, so one odd row among alike ones is examined too.
"""

from axe_playwright_python.sync_playwright import Axe as Whole
from axe_playwright_python.sync_playwright import AxeResults

RUN = """() => {
    const FREE = /^(id|href|src|title|alt|name|value|for|datetime|headers|action|content|data-.*|hx-.*|aria-(label|describedby|labelledby|controls|owns))$/
    const attribute = ({name, value}) => !FREE.test(name) ? `${name}=${value}` : value.trim() ? name : `${name} empty`
    const shape = node => node.nodeType === Node.TEXT_NODE ? (node.data.trim() ? 'x' : '') : node.nodeType !== Node.ELEMENT_NODE ? ''
        : `<${node.localName} ${[...node.attributes].map(attribute).sort()}>${[...node.childNodes].map(shape).join('')}</>`
    const alike = new Map(), again = []
    for (const row of document.querySelectorAll('tbody, tr, li, option, article')) {
        if (again.some(other => other.contains(row))) continue
        const seen = alike.get(row.parentNode) || alike.set(row.parentNode, new Map()).get(row.parentNode)
        const kind = shape(row)
        seen.set(kind, (seen.get(kind) || 0) + 1)
        if (seen.get(kind) > 3 && !row.contains(document.activeElement)) again.push(row)
    }
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
        return [node.localName, node.className, parent && parent.className, color, fontSize, fontWeight, textShadow, position, ground(node)].join()
    }
    const contrast = axe._audit.checks['color-contrast'], usual = contrast.evaluate, looked = new Map()
    contrast.evaluate = function (node, ...more) {
        const kind = colours(node), times = looked.get(kind) || 0
        if (times >= 3) return true
        const found = usual.call(this, node, ...more)
        if (found !== undefined) looked.set(kind, times + 1) // or it could not be told here
        return found
    }
    return axe.run(again.length ? {exclude: again} : document, {resultTypes: ['violations']})
}"""


class Axe(Whole):
    def run(self, page):
        page.evaluate(self.axe_script)
        return AxeResults(page.evaluate(RUN))
