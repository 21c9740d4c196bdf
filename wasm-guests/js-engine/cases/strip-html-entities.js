// The named characters of HTML 4; other names stay.
return [
  '&ntilde;&iacute;&oacute;&scaron;&Scaron;&rarr;&yuml;&Agrave;&iexcl;&frac12;',
  '&alpha;&Omega;&le;&ne;&infin;&hearts;&sum;&lang;&zwj;&apos;&quot;',
  'a&nbsp;&ensp;b&thinsp;c&emsp;',
  'Donau&shy;dampf',
  '&amp;lt;b&amp;gt; &lt;b&gt; &amp &nope; &constructor; &toString; &ALPHA;',
].map(ld.stripHtml);
