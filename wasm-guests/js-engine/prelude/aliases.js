// Names that other hosts give to the same things. Only there when the connector asks for them.
(function (host, kit) {
  'use strict';

  class Headers {
    #headers;
    constructor(headers = {}) {
      this.#headers = {};
      for (const [name, value] of Symbol.iterator in headers ? headers : Object.entries(headers)) this.append(name, value);
    }
    append(name, value) {
      const key = String(name).toLowerCase();
      this.#headers[key] = Object.hasOwn(this.#headers, key) ? `${this.#headers[key]}, ${value}` : String(value);
    }
    set(name, value) {
      this.#headers[String(name).toLowerCase()] = String(value);
    }
    delete(name) {
      delete this.#headers[String(name).toLowerCase()];
    }
    get(name) {
      return this.has(name) ? this.#headers[String(name).toLowerCase()] : null;
    }
    has(name) {
      return Object.hasOwn(this.#headers, String(name).toLowerCase());
    }
    forEach(callback, self) {
      for (const [name, value] of this) callback.call(self, value, name, this);
    }
    entries() {
      return Object.entries(this.#headers).sort(([one], [other]) => (one < other ? -1 : 1)).values();
    }
    *keys() {
      for (const [name] of this) yield name;
    }
    *values() {
      for (const [, value] of this) yield value;
    }
    [Symbol.iterator]() {
      return this.entries();
    }
  }

  // A thin cover over ld.request: same rules, same limits.
  async function fetch(resource, init = {}) {
    const request = resource !== null && typeof resource === 'object' && !(resource instanceof URL) ? resource : { url: resource };
    const options = { ...request, ...init };
    const { redirect } = options;
    if (redirect === 'manual' || redirect === 'error') {
      kit.warnOnce(`redirect: "${redirect}"`, 'has no effect: redirects are followed', 'fetch');
    }
    const answer = await kit.requestLikeFetch({
      url: String(request.url),
      method: options.method,
      headers: options.headers,
      body: options.body,
      responseType: 'binary',
    });
    return responseOf(answer, String(request.url));
  }

  // Its body can be read as often as it is asked for, so that what reads a clone could read the answer itself.
  function responseOf(answer, url) {
    const copy = () => new Uint8Array(answer.buffer);
    return {
      ok: answer.ok,
      status: answer.status,
      statusText: '',
      url,
      redirected: false,
      headers: new Headers(answer.headers),
      text: async () => answer.text,
      json: async () => JSON.parse(answer.text),
      arrayBuffer: async () => copy().buffer,
      bytes: async () => copy(),
      clone: () => responseOf(answer, url),
    };
  }

  kit.addAliases = function (data) {
    kit.defineAll(globalThis, {
      inputs: data.input ?? {},
      secrets: data.auth ?? {},
      lastPollTime: data.lastPollTime,
      fetch,
      Headers,
    });
  };
});
