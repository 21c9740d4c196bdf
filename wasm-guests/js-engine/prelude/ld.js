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

  const BLOCKS = /<\/(?:p|div|h[1-6]|li|tr|ul|ol|table|section|article|header|footer|blockquote|pre)\s*>|<br\s*\/?>/gi;
  const ENTITIES = {
    amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', copy: '©', reg: '®', trade: '™', hellip: '…', mdash: '—',
    ndash: '–', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', bull: '•', middot: '·', euro: '€', pound: '£', yen: '¥',
    cent: '¢', sect: '§', para: '¶', deg: '°', plusmn: '±', times: '×', divide: '÷', laquo: '«', raquo: '»', auml: 'ä',
    ouml: 'ö', uuml: 'ü', Auml: 'Ä', Ouml: 'Ö', Uuml: 'Ü', szlig: 'ß', eacute: 'é', egrave: 'è', agrave: 'à', ccedil: 'ç',
  };

  function decodeEntity(whole, name) {
    if (name[0] !== '#') return Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : whole;
    const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : '\uFFFD';
  }

  // HTML to readable text: no tags, scripts or styles; one line per block; entities decoded last, so that what an
  // entity stands for is never taken for a tag.
  function stripHtml(html) {
    if (html === undefined || html === null) return '';
    return String(html)
      .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
      .replace(/<(script|style|head|title|noscript)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, '')
      .replace(/\s+/g, ' ')
      .replace(BLOCKS, '\n')
      .replace(/<\/?[a-z!?](?:"[^"]*"|'[^']*'|[^'">])*>/gi, '')
      .replace(/&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z][a-z0-9]{1,30});/gi, decodeEntity)
      .replace(/\u00A0/g, ' ')
      .replace(/[ \t]+/g, ' ')
      .replace(/ ?\n ?/g, '\n')
      .replace(/\n{3,}/g, '\n\n')
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
