// URL and URLSearchParams. The host reads URLs, so that both agree on what a URL is.
(function (host, kit) {
  'use strict';

  const escapeForm = (text) =>
    encodeURIComponent(String(text).toWellFormed())
      .replace(/%20/g, '+')
      .replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

  // Percent signs that are no escapes stay; bytes that are no UTF-8 become U+FFFD.
  function unescapeForm(text) {
    const plain = text.replace(/\+/g, ' ');
    if (!plain.includes('%')) return plain;
    const latin = host
      .decode(kit.utf8(plain), 'latin1')
      .replace(/%([0-9A-Fa-f]{2})/g, (_, digits) => String.fromCharCode(parseInt(digits, 16)));
    return host.decode(new Uint8Array(host.encode(latin, 'latin1')), 'utf8');
  }

  function readQuery(text) {
    const list = [];
    for (const part of text.replace(/^\?/, '').split('&')) {
      if (part === '') continue;
      const at = part.indexOf('=');
      list.push(at < 0 ? [unescapeForm(part), ''] : [unescapeForm(part.slice(0, at)), unescapeForm(part.slice(at + 1))]);
    }
    return list;
  }

  // Set while a URL changes its own parameters, which then must not change the URL.
  const owners = new WeakMap();

  class URLSearchParams {
    #list = [];
    constructor(init = '') {
      if (init === null || typeof init !== 'object') {
        this.#list = readQuery(String(init));
      } else if (Symbol.iterator in init) {
        for (const pair of init) {
          const both = [...pair];
          if (both.length !== 2) throw new TypeError('Each member must be a name and a value');
          this.#list.push([String(both[0]), String(both[1])]);
        }
      } else {
        for (const name of Object.keys(init)) this.#list.push([name, String(init[name])]);
      }
    }
    #changed() {
      owners.get(this)?.(this.toString());
    }
    get size() {
      return this.#list.length;
    }
    append(name, value) {
      this.#list.push([String(name), String(value)]);
      this.#changed();
    }
    delete(name, value) {
      const gone = (pair) => pair[0] === String(name) && (value === undefined || pair[1] === String(value));
      this.#list = this.#list.filter((pair) => !gone(pair));
      this.#changed();
    }
    get(name) {
      return this.#list.find((pair) => pair[0] === String(name))?.[1] ?? null;
    }
    getAll(name) {
      return this.#list.filter((pair) => pair[0] === String(name)).map((pair) => pair[1]);
    }
    has(name, value) {
      return this.#list.some((pair) => pair[0] === String(name) && (value === undefined || pair[1] === String(value)));
    }
    set(name, value) {
      const first = this.#list.findIndex((pair) => pair[0] === String(name));
      if (first < 0) {
        this.#list.push([String(name), String(value)]);
      } else {
        this.#list[first] = [String(name), String(value)];
        this.#list = this.#list.filter((pair, at) => at <= first || pair[0] !== String(name));
      }
      this.#changed();
    }
    sort() {
      this.#list.sort((one, other) => (one[0] < other[0] ? -1 : one[0] > other[0] ? 1 : 0));
      this.#changed();
    }
    forEach(callback, self) {
      for (const [name, value] of [...this.#list]) callback.call(self, value, name, this);
    }
    *entries() {
      for (let at = 0; at < this.#list.length; at++) yield [...this.#list[at]];
    }
    *keys() {
      for (const [name] of this.entries()) yield name;
    }
    *values() {
      for (const [, value] of this.entries()) yield value;
    }
    toString() {
      return this.#list.map(([name, value]) => `${escapeForm(name)}=${escapeForm(value)}`).join('&');
    }
    static read(params, text) {
      params.#list = readQuery(text);
    }
  }
  const readInto = URLSearchParams.read;
  delete URLSearchParams.read;
  kit.define(URLSearchParams.prototype, Symbol.iterator, URLSearchParams.prototype.entries);
  Object.defineProperty(URLSearchParams.prototype, Symbol.toStringTag, { value: 'URLSearchParams', configurable: true });

  // Node's, which says what was given beside its message.
  const invalid = (input) => Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input: String(input) });

  const READ_ONLY = ['origin'];
  const CHANGEABLE = ['protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'];

  class URL {
    #parts;
    #params;
    constructor(input, base) {
      this.#parts = host.parseUrl(input, base === undefined ? undefined : String(base));
      if (!this.#parts) {
        throw invalid(input);
      }
    }
    static canParse(input, base) {
      return Boolean(host.parseUrl(input, base === undefined ? undefined : String(base)));
    }
    static parse(input, base) {
      return URL.canParse(input, base) ? new URL(input, base) : null;
    }
    get href() {
      return this.#parts.href;
    }
    set href(value) {
      const parts = host.setUrl(this.#parts.href, 'href', value);
      if (!parts) throw invalid(value);
      this.#take(parts);
    }
    get searchParams() {
      if (this.#params === undefined) {
        this.#params = new URLSearchParams(this.#parts.search);
        owners.set(this.#params, (query) => {
          this.#parts = host.setUrl(this.#parts.href, 'search', query) ?? this.#parts;
        });
      }
      return this.#params;
    }
    toString() {
      return this.#parts.href;
    }
    toJSON() {
      return this.#parts.href;
    }
    #take(parts) {
      this.#parts = parts;
      if (this.#params !== undefined) readInto(this.#params, parts.search);
    }
    static part(url, name) {
      return url.#parts[name];
    }
    static change(url, name, value) {
      const parts = host.setUrl(url.#parts.href, name, value);
      if (parts) url.#take(parts);
    }
  }
  const { part, change } = URL;
  delete URL.part;
  delete URL.change;
  for (const name of [...READ_ONLY, ...CHANGEABLE]) {
    const changeable = CHANGEABLE.includes(name);
    Object.defineProperty(URL.prototype, name, {
      get() {
        return part(this, name);
      },
      set: changeable ? function (value) { change(this, name, String(value)); } : undefined,
      enumerable: true,
      configurable: true,
    });
  }
  Object.defineProperty(URL.prototype, Symbol.toStringTag, { value: 'URL', configurable: true });

  kit.defineAll(globalThis, { URL, URLSearchParams });
});
