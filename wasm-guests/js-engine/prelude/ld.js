// The object `ld`.
(function (host, kit) {
  'use strict';

  // In milliseconds.
  const LONGEST_WAIT = 30000;

  // Bytes of a text or of bytes, for digests and keys.
  const bytesOf = (value, what) => (typeof value === 'string' ? kit.utf8(value) : kit.needBytes(value, what));
  const printed = (bytes, encoding) => {
    const buffer = kit.asBuffer(new Uint8Array(bytes));
    return encoding === 'buffer' ? buffer : buffer.toString(encoding ?? 'hex');
  };

  // What begins and ends a line of its own, and what begins a cell of such a line. A `br` ends one even where it is empty.
  const BLOCKS = new Set(
    ('address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer ' +
      'form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol optgroup option p pre search section summary ' +
      'table tbody tfoot thead tr ul').split(' '),
  );
  const [BLOCK, LINE, CELL] = ['\r', '\n', '\t'];

  function standsFor(tag, isEnd) {
    if (BLOCKS.has(tag)) return BLOCK;
    if (tag === 'br') return LINE;
    return (tag === 'td' || tag === 'th') && !isEnd ? CELL : '';
  }

  const TAG = /<(\/?)([a-z][a-z0-9]*|[!?])/gi;
  const END = /(?:"[^"]*"|'[^']*'|[^'">])*>/y;

  // Without tags, and what they stand for in their place. After the first whose quotes do not end before the text does,
  // quotes count for nothing: to try each of many such tags would take as long as there are many.
  function withoutTags(html) {
    const parts = [];
    let from = 0;
    let hasQuotes = true;
    TAG.lastIndex = 0;
    for (let tag; (tag = TAG.exec(html)) !== null; ) {
      END.lastIndex = TAG.lastIndex;
      hasQuotes &&= END.test(html);
      const end = hasQuotes ? END.lastIndex : html.indexOf('>', TAG.lastIndex) + 1;
      if (end === 0) break;
      parts.push(html.slice(from, tag.index), standsFor(tag[2].toLowerCase(), tag[1] !== ''));
      from = TAG.lastIndex = end;
    }
    parts.push(html.slice(from));
    return parts.join('');
  }

  // What a run of spaces, cells and ends of lines comes to. Where any number of blocks begin and end, one line ends; two
  // `br` leave an empty one.
  function spaced(run) {
    const lines = run.split(LINE).length - 1;
    if (lines > 0 || run.includes(BLOCK)) return lines > 1 ? '\n\n' : '\n';
    return run.includes(CELL) ? '\t' : ' ';
  }

  // The named characters of HTML 4: those of Latin-1 in their order, and the others, each behind its name.
  const LATIN =
    'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute ' +
    'micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig ' +
    'Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash ' +
    'Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ' +
    'ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc ' +
    'uuml yacute thorn yuml';
  const OTHERS =
    'apos \' ensp \u2002 emsp \u2003 thinsp \u2009 zwnj \u200C zwj \u200D lrm \u200E rlm \u200F ' +
    'quot " amp & lt < gt > OElig Œ oelig œ Scaron Š scaron š Yuml Ÿ fnof ƒ circ ˆ tilde ˜ Alpha Α Beta Β Gamma Γ ' +
    'Delta Δ Epsilon Ε Zeta Ζ Eta Η Theta Θ Iota Ι Kappa Κ Lambda Λ Mu Μ Nu Ν Xi Ξ Omicron Ο Pi Π Rho Ρ Sigma Σ Tau Τ ' +
    'Upsilon Υ Phi Φ Chi Χ Psi Ψ Omega Ω alpha α beta β gamma γ delta δ epsilon ε zeta ζ eta η theta θ iota ι kappa κ ' +
    'lambda λ mu μ nu ν xi ξ omicron ο pi π rho ρ sigmaf ς sigma σ tau τ upsilon υ phi φ chi χ psi ψ omega ω ' +
    'thetasym ϑ upsih ϒ piv ϖ ndash – mdash — lsquo ‘ rsquo ’ sbquo ‚ ldquo “ rdquo ” bdquo „ dagger † Dagger ‡ ' +
    'bull • hellip … permil ‰ prime ′ Prime ″ lsaquo ‹ rsaquo › oline ‾ frasl ⁄ euro € image ℑ weierp ℘ real ℜ ' +
    'trade ™ alefsym ℵ larr ← uarr ↑ rarr → darr ↓ harr ↔ crarr ↵ lArr ⇐ uArr ⇑ rArr ⇒ dArr ⇓ hArr ⇔ forall ∀ part ∂ ' +
    'exist ∃ empty ∅ nabla ∇ isin ∈ notin ∉ ni ∋ prod ∏ sum ∑ minus − lowast ∗ radic √ prop ∝ infin ∞ ang ∠ and ∧ ' +
    'or ∨ cap ∩ cup ∪ int ∫ there4 ∴ sim ∼ cong ≅ asymp ≈ ne ≠ equiv ≡ le ≤ ge ≥ sub ⊂ sup ⊃ nsub ⊄ sube ⊆ supe ⊇ ' +
    'oplus ⊕ otimes ⊗ perp ⊥ sdot ⋅ lceil ⌈ rceil ⌉ lfloor ⌊ rfloor ⌋ lang 〈 rang 〉 loz ◊ spades ♠ clubs ♣ hearts ♥ ' +
    'diams ♦';

  // Made when the first name is met: most calls have none, and would only have more memory to be copied for.
  let entities;
  function entity(name) {
    if (entities === undefined) {
      entities = new Map(LATIN.split(' ').map((one, at) => [one, String.fromCharCode(160 + at)]));
      const others = OTHERS.split(' ');
      for (let at = 0; at < others.length; at += 2) entities.set(others[at], others[at + 1]);
      // Only says where a word may be broken.
      entities.set('shy', '');
    }
    return entities.get(name);
  }

  function decodeEntity(whole, name) {
    if (name[0] !== '#') return entity(name) ?? whole;
    const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : '\uFFFD';
  }

  // HTML to readable text: no tags, scripts or styles; one line per block; entities decoded last, so that what an
  // entity stands for is never taken for a tag.
  function stripHtml(html) {
    if (html === undefined || html === null) return '';
    const text = String(html)
      .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
      .replace(/<(script|style|head|title|noscript)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, '')
      .replace(/\s+/g, ' ');
    return withoutTags(text)
      .replace(/&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z][a-z0-9]{1,30});/gi, decodeEntity)
      .replace(/[\u00A0\u2002\u2003\u2009]/g, ' ')
      .replace(/[ \t\r\n]{2,}|[\t\r\n]/g, spaced)
      .trim();
  }

  let hasTold = false;
  function tellWait(milliseconds) {
    if (hasTold) return;
    hasTold = true;
    kit.log('warn', [`ld.wait waits ${LONGEST_WAIT} milliseconds at most, not ${milliseconds}`]);
  }

  kit.ld = {
    request: kit.request,
    log(...values) {
      kit.log('info', values);
    },
    wait(milliseconds) {
      const asked = Math.max(Math.trunc(Number(milliseconds)) || 0, 0);
      if (asked > LONGEST_WAIT) tellWait(asked);
      return kit.wait(Math.min(asked, LONGEST_WAIT));
    },
    randomUUID: kit.randomUUID,
    stripHtml,
    hash(algorithm, data, encoding) {
      return printed(host.digest(kit.algorithm(algorithm), bytesOf(data, 'The data')), encoding);
    },
    hmac(algorithm, key, data, encoding) {
      return printed(host.hmac(kit.algorithm(algorithm), bytesOf(key, 'The key'), bytesOf(data, 'The data')), encoding);
    },
    progress(done, total, message) {
      host.progress(Number(done) || 0, total, message);
    },
  };

  // Known to other hosts, and not built yet. A script that uses one fails with a sentence that says so.
  const NOT_YET = [
    'awsRequest', 'csv2parquet', 'parquet2csv', 'arrow2parquet', 'json2csv', 'csv2arrow', 'arrow2csv', 'parquet2arrow',
    'csv2json', 'parquet2json', 'validateSqlQuery', 'ensureReadOnlySqlQuery', 'signWithRS256', 'microsoftXmla',
  ];
  for (const name of NOT_YET) {
    kit.ld[name] = () => {
      throw new Error(`ld.${name} is not available in this version of Toolgate`);
    };
  }
});
