// Words of two blocks or cells are never one word, whether their ends are written or not.
const quoted = '<a " '.repeat(20001) + "<b title='>'>";
return [
  'Hello<div>World</div>',
  'text<p>para</p>after',
  '<p>a<p>b',
  '<ul><li>a<li>b</ul>',
  'intro:<ul><li>x</li><li>y</li></ul>',
  'x<hr>y<HR/>z',
  '<dl><dt>k</dt><dd>v</dd></dl>',
  '<table><tr><td>a</td><td>b c</td></tr><tr><th>d<th>e</table>',
  '<table>\n<tr>\n<td>a</td>\n<td></td>\n<td>b</td>\n</tr>\n</table>',
  'a<br><br>b<br/></p><div>c</div>',
  '<div><p>a</p></div> <div><p>b</p></div>',
  '<h1>T</h1><p>one <b>t</b>wo&nbsp;<i> three</i></p>',
  '<p class="a > b">x</p><p title=\'"\'>y',
  'a <b c',
  'it <i title="1>2</i> x',
].map(ld.stripHtml).concat([ld.stripHtml('<a '.repeat(100000)).length, ld.stripHtml(quoted).length]);
