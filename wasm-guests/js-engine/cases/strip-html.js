return [
  ld.stripHtml('<p>Hello <b>w&ouml;rld</b> &amp; co</p><p>Second&nbsp;line<br>third</p>'),
  ld.stripHtml('<style>p{}</style><script>alert("<p>")</script>text<!-- gone -->'),
  ld.stripHtml('&lt;b&gt; stays &#8364; &#x41; &unknown; 1 < 2'),
  ld.stripHtml('<a title="a > b">link</a>'),
  ld.stripHtml(null), ld.stripHtml(12),
];
