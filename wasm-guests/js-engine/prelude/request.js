// ld.request: what scripts may give and what they get (contract part B.2).
(function (host, kit) {
  'use strict';

  const FORM = 'application/x-www-form-urlencoded';
  const isForm = (type) => type !== undefined && type.toLowerCase().startsWith(FORM);
  const absent = (value) => value === undefined || value === null;

  // One value of a query or a form as text.
  function plain(value) {
    if (value instanceof Date) return value.toISOString();
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  }

  // name=value&...; absent values are dropped, arrays repeat the name.
  function pairs(given, what) {
    const list = [];
    for (const [name, values] of entriesOf(given, what)) {
      for (const value of Array.isArray(values) ? values : [values]) {
        if (!absent(value)) {
          list.push(`${encodeURIComponent(name)}=${encodeURIComponent(plain(value).toWellFormed())}`);
        }
      }
    }
    return list.join('&');
  }

  // [name, value] of each member of an object or a Map, or of a list of such pairs.
  function entriesOf(given, what) {
    if (typeof given !== 'object' || !(Symbol.iterator in given)) return Object.entries(given);
    const list = [...given];
    if (!list.every(Array.isArray)) throw new TypeError(`${what} must be an object, a Map, or a list of [name, value] pairs`);
    return list;
  }

  function withQuery(url, params) {
    if (absent(params)) return url;
    const query =
      typeof params === 'string' ? params.replace(/^[?&]/, '')
        : params instanceof URLSearchParams ? params.toString()
          : pairs(params, 'The params of a request');
    if (query === '') return url;
    const hash = url.indexOf('#');
    const address = hash < 0 ? url : url.slice(0, hash);
    const mark = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
    return address + mark + query + (hash < 0 ? '' : url.slice(hash));
  }

  // Headers that are not sent as they are given, and why.
  const BY_ITSELF = 'it belongs to the connection';
  const OF_THE_CONNECTION = new Map([
    ['accept-encoding', 'answers are decompressed before they are given'],
    ['connection', BY_ITSELF],
    ['content-length', 'it follows from the body'],
    ['expect', BY_ITSELF],
    ['host', 'it follows from the url'],
    ['proxy-authorization', BY_ITSELF],
    ['te', BY_ITSELF],
    ['trailer', BY_ITSELF],
    ['transfer-encoding', 'it follows from the body'],
    ['upgrade', BY_ITSELF],
  ]);

  // [name, value, ...], names in lower case; a list of values becomes several headers.
  function headerList(given) {
    const list = [];
    if (absent(given)) return list;
    for (const [name, values] of entriesOf(given, 'The headers of a request')) {
      const lower = String(name).toLowerCase();
      for (const value of Array.isArray(values) ? values : [values]) {
        if (absent(value)) continue;
        list.push(lower, String(value));
        if (OF_THE_CONNECTION.has(lower)) warnOnce(`the header \`${lower}\``, `has no effect: ${OF_THE_CONNECTION.get(lower)}`);
      }
    }
    return list;
  }

  function headerOf(list, name) {
    for (let at = 0; at < list.length; at += 2) if (list[at] === name) return list[at + 1];
    return undefined;
  }

  // Bytes of the body; sets the content type where the body decides it and the script did not. A text decides nothing,
  // unless there is a `textType` for it.
  function bodyBytes(body, headers, textType) {
    if (absent(body)) return undefined;
    if (typeof body === 'string' && textType === undefined) return kit.utf8(body);
    const bytes = kit.bytes(body);
    if (bytes !== undefined) return bytes;
    const type = headerOf(headers, 'content-type');
    const named = (text, otherwise) => {
      if (type === undefined) headers.push('content-type', otherwise);
      return kit.utf8(text);
    };
    if (typeof body === 'string') return named(body, textType);
    if (body instanceof URLSearchParams) return named(body.toString(), FORM);
    if (isForm(type)) return kit.utf8(pairs(body, 'The body of a form').replace(/%20/g, '+'));
    const json = JSON.stringify(body);
    if (json === undefined) throw new TypeError(`The body of a request cannot be a ${typeof body}`);
    return named(json, 'application/json');
  }

  function timeoutOf(value) {
    const milliseconds = Math.ceil(Number(value));
    if (milliseconds >= 1) return Math.min(milliseconds, 0xffffffff);
    if (!absent(value)) warnOnce(`timeout: ${kit.describe(value)}`, 'has no effect: it is a number of milliseconds, 1 or more');
    return undefined;
  }

  // What scripts call that know the `Headers` of `fetch`. Nobody sees them in a list.
  const LIKE_FETCH = {
    get(name) {
      return this[String(name)] ?? null;
    },
    has(name) {
      return String(name) in this;
    },
  };
  // Response headers are read in any case: names are kept in lower case, and the trap finds the others.
  const anyCase = {
    get(headers, name) {
      if (typeof name !== 'string' || name in headers) return headers[name];
      const lower = name.toLowerCase();
      return lower in headers || !Object.hasOwn(LIKE_FETCH, name) ? headers[lower] : LIKE_FETCH[name];
    },
    has: (headers, name) => name in headers || (typeof name === 'string' && name.toLowerCase() in headers),
  };
  function decodeText(bytes, type) {
    const charset = /;\s*charset="?([^\s";]+)/i.exec(type ?? '')?.[1].toLowerCase();
    const text = kit.decode(bytes, (charset && kit.encodingOf(charset)) ?? 'utf-8');
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }

  function readJson(text) {
    if (text === '') return null;
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  }

  // What came, behind a key that neither JSON nor a list of members shows.
  const ANSWER = Symbol('answer');

  function textOf(answer) {
    answer.text ??= decodeText(new Uint8Array(answer.body), answer.headers['content-type']);
    return answer.text;
  }
  const bufferOf = (answer) => kit.asBuffer(new Uint8Array(answer.body));

  // The other views of a body than those that the response type asks for: they are made when they are asked for.
  class Response {
    get text() {
      return textOf(this[ANSWER]);
    }
    set text(value) {
      own(this, 'text', value);
    }
    get json() {
      return readJson(textOf(this[ANSWER]));
    }
    set json(value) {
      own(this, 'json', value);
    }
    get body() {
      return textOf(this[ANSWER]);
    }
    set body(value) {
      own(this, 'body', value);
    }
    get buffer() {
      return bufferOf(this[ANSWER]);
    }
    set buffer(value) {
      own(this, 'buffer', value);
    }
  }
  function own(object, name, value) {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  }
  const views = Response.prototype;

  // What of a body the engine reads before it answers, by the response types.
  const READS_BYTES = 0;
  const READS = { __proto__: null, json: 2, text: 1, binary: READS_BYTES, arraybuffer: READS_BYTES, stream: READS_BYTES };

  // The response type that a script asks for, in any case.
  function typeOf(given) {
    if (absent(given)) return 'json';
    const type = String(given).toLowerCase();
    if (type in READS) return type;
    warnOnce(`responseType: ${kit.describe(given)}`, 'has no effect: there are `json`, `text`, and `binary` for bytes');
    return 'json';
  }

  // What a request gives. `status`, `headers`, `ok` and what the response type asks for are its own properties, so that
  // printing it shows them once. A literal makes them much faster than a constructor that defines each.
  function responseOf(answer, type) {
    const { status } = answer;
    const ok = status >= 200 && status < 300;
    const headers = new Proxy(answer.headers, anyCase);
    if (READS[type] === READS_BYTES) {
      return { __proto__: views, [ANSWER]: answer, status, ok, headers, success: ok, buffer: bufferOf(answer) };
    }
    const text = textOf(answer);
    if (type === 'text') return { __proto__: views, [ANSWER]: answer, status, ok, headers, text };
    const json = 'json' in answer ? answer.json : readJson(text);
    return { __proto__: views, [ANSWER]: answer, status, ok, headers, text, json };
  }

  const OPTIONS = new Set(['method', 'url', 'headers', 'params', 'body', 'timeout', 'responseType']);
  // What other libraries call them.
  const MEANT = { data: 'body', json: 'body', form: 'body', query: 'params', qs: 'params', searchParams: 'params', uri: 'url' };

  // The option that is nearest to `name`: another case, or one letter too many, too few or other.
  function nearest(name) {
    if (Object.hasOwn(MEANT, name)) return MEANT[name];
    const lower = name.toLowerCase();
    return [...OPTIONS].find((option) => isNear(lower, option.toLowerCase()));
  }
  function isNear(one, other) {
    let same = 0;
    while (same < one.length && one[same] === other[same]) same++;
    const [rest, expected] = [one.slice(same), other.slice(same)];
    return rest === expected || rest.slice(1) === expected || rest === expected.slice(1) || rest.slice(1) === expected.slice(1);
  }

  const warned = new Set();
  function warnOnce(what, problem, of = 'ld.request') {
    if (warned.has(what)) return;
    warned.add(what);
    kit.log('warn', [`${of}: ${what} ${problem}`]);
  }

  // An option that is not known would be left out without a word.
  function warnOfOthers(options) {
    for (const name of Object.keys(options)) {
      if (OPTIONS.has(name) || warned.has(name)) continue;
      warned.add(name);
      const meant = nearest(name);
      const instead = meant === undefined ? '' : `: write \`${meant}\``;
      kit.log('warn', [`ld.request knows no option \`${name}\`, which has no effect${instead}`]);
    }
  }

  // Fails with a `Failure` where there is no answer.
  async function send(options, Failure, textType) {
    if (absent(options) || typeof options !== 'object' || absent(options.url)) {
      throw new TypeError('ld.request needs an object with a url, as in ld.request({ url: "/customers" })');
    }
    warnOfOthers(options);
    // Made before the wait, while the stack still holds the line that asks.
    const error = new Failure();
    const headers = headerList(options.headers);
    const body = bodyBytes(options.body, headers, textType);
    const type = typeOf(options.responseType);
    const answer = await host.send(
      absent(options.method) ? 'GET' : String(options.method).trim().toUpperCase(),
      withQuery(String(options.url), options.params),
      headers,
      body,
      timeoutOf(options.timeout),
      READS[type],
    );
    if (answer.code === undefined) return responseOf(answer, type);
    kit.define(error, 'message', answer.message);
    error.code = answer.code;
    throw error;
  }

  kit.warnOnce = warnOnce;
  kit.request = function request(options) {
    return send(options, Error);
  };
  // As `fetch` asks and fails.
  kit.requestLikeFetch = (options) => send(options, TypeError, 'text/plain;charset=UTF-8');
});
