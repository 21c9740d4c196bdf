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
  function pairs(object) {
    const list = [];
    for (const name of Object.keys(object)) {
      for (const value of Array.isArray(object[name]) ? object[name] : [object[name]]) {
        if (!absent(value)) {
          list.push(`${encodeURIComponent(name)}=${encodeURIComponent(plain(value).toWellFormed())}`);
        }
      }
    }
    return list.join('&');
  }

  function withQuery(url, params) {
    if (absent(params)) return url;
    const query =
      typeof params === 'string' ? params.replace(/^[?&]/, '')
        : params instanceof URLSearchParams ? params.toString()
          : pairs(params);
    if (query === '') return url;
    const hash = url.indexOf('#');
    const address = hash < 0 ? url : url.slice(0, hash);
    const mark = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
    return address + mark + query + (hash < 0 ? '' : url.slice(hash));
  }

  // [name, value, ...], names in lower case; a list of values becomes several headers.
  function headerList(given) {
    const list = [];
    if (absent(given)) return list;
    const entries = typeof given === 'object' && Symbol.iterator in given ? [...given] : Object.entries(given);
    for (const [name, values] of entries) {
      for (const value of Array.isArray(values) ? values : [values]) {
        if (!absent(value)) list.push(String(name).toLowerCase(), String(value));
      }
    }
    return list;
  }

  function headerOf(list, name) {
    for (let at = 0; at < list.length; at += 2) if (list[at] === name) return list[at + 1];
    return undefined;
  }

  // Bytes of the body; sets the content type where the body decides it and the script did not.
  function bodyBytes(body, headers) {
    if (absent(body)) return undefined;
    if (typeof body === 'string') return kit.utf8(body);
    const bytes = kit.bytes(body);
    if (bytes !== undefined) return bytes;
    const type = headerOf(headers, 'content-type');
    const named = (text, otherwise) => {
      if (type === undefined) headers.push('content-type', otherwise);
      return kit.utf8(text);
    };
    if (body instanceof URLSearchParams) return named(body.toString(), FORM);
    if (isForm(type)) return kit.utf8(pairs(body).replace(/%20/g, '+'));
    const json = JSON.stringify(body);
    if (json === undefined) throw new TypeError(`The body of a request cannot be a ${typeof body}`);
    return named(json, 'application/json');
  }

  function timeoutOf(value) {
    const milliseconds = Math.ceil(Number(value));
    return milliseconds >= 1 ? Math.min(milliseconds, 0xffffffff) : undefined;
  }

  // Response headers are read in any case: names are kept in lower case, and the trap finds the others.
  const anyCase = {
    get(headers, name) {
      return typeof name === 'string' && !(name in headers) ? headers[name.toLowerCase()] : headers[name];
    },
    has: (headers, name) => name in headers || (typeof name === 'string' && name.toLowerCase() in headers),
  };
  function readHeaders(list) {
    const headers = {};
    for (let at = 0; at < list.length; at += 2) {
      const name = list[at].toLowerCase();
      headers[name] = Object.hasOwn(headers, name) ? `${headers[name]}, ${list[at + 1]}` : list[at + 1];
    }
    return new Proxy(headers, anyCase);
  }

  function decodeText(bytes, type) {
    const charset = /;\s*charset="?([^\s";]+)/i.exec(type ?? '')?.[1].toLowerCase();
    const text = kit.decode(bytes, kit.encodingOf(charset) ?? 'utf-8');
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

  // What a request gives. `status`, `headers`, `ok` and what the response type asks for are its own properties, so that
  // printing it shows them once; the other views of the body are made when they are asked for.
  class Response {
    #bytes;
    #text;
    constructor(answer, type) {
      this.status = answer.status;
      this.ok = answer.status >= 200 && answer.status < 300;
      this.headers = readHeaders(answer.headers);
      this.#bytes = answer.body;
      if (type === 'stream' || type === 'binary' || type === 'arraybuffer') {
        this.success = this.ok;
        own(this, 'buffer', kit.asBuffer(new Uint8Array(this.#bytes)));
      } else {
        own(this, 'text', this.#read());
        if (type !== 'text') own(this, 'json', readJson(this.#text));
      }
    }
    #read() {
      this.#text ??= decodeText(new Uint8Array(this.#bytes), this.headers['content-type']);
      return this.#text;
    }
    get text() {
      return this.#read();
    }
    set text(value) {
      own(this, 'text', value);
    }
    get json() {
      return readJson(this.#read());
    }
    set json(value) {
      own(this, 'json', value);
    }
    get body() {
      return this.#read();
    }
    set body(value) {
      own(this, 'body', value);
    }
    get buffer() {
      return kit.asBuffer(new Uint8Array(this.#bytes));
    }
    set buffer(value) {
      own(this, 'buffer', value);
    }
  }
  function own(object, name, value) {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  }

  kit.request = async function request(options) {
    if (absent(options) || typeof options !== 'object' || absent(options.url)) {
      throw new TypeError('ld.request needs an object with a url, as in ld.request({ url: "/customers" })');
    }
    // Made before the wait, while the stack still holds the line that asks.
    const error = new Error();
    const headers = headerList(options.headers);
    const body = bodyBytes(options.body, headers);
    const answer = await host.send({
      method: absent(options.method) ? 'GET' : String(options.method).trim().toUpperCase(),
      url: withQuery(String(options.url), options.params),
      headers,
      body,
      timeout: timeoutOf(options.timeout),
    });
    if (answer.code === undefined) return new Response(answer, options.responseType);
    kit.define(error, 'message', answer.message);
    error.code = answer.code;
    throw error;
  };
});
