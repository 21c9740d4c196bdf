// crypto: UUIDs, random bytes, digests and HMAC. The host computes; a handle as the key counts as its secret.
(function (host, kit) {
  'use strict';

  const MOST_RANDOM = 65536;
  const WHOLE_NUMBERS = [
    Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, BigInt64Array, BigUint64Array,
  ];

  // "SHA-256", "sha256" and "sha-256" are one algorithm.
  kit.algorithm = function (name) {
    const plain = String(name?.name ?? name).toLowerCase().replace(/^sha-/, 'sha');
    if (['sha1', 'sha256', 'sha384', 'sha512'].includes(plain)) return plain;
    throw new DOMException(`The algorithm ${String(name?.name ?? name)} is not supported; there are SHA-1, SHA-256, SHA-384 and SHA-512`, 'NotSupportedError');
  };

  function getRandomValues(array) {
    if (!WHOLE_NUMBERS.some((kind) => array instanceof kind)) {
      throw new DOMException('getRandomValues fills an array of whole numbers', 'TypeMismatchError');
    }
    const bytes = kit.bytes(array);
    if (bytes.length > MOST_RANDOM) {
      throw new DOMException(`getRandomValues gives at most ${MOST_RANDOM} bytes at once`, 'QuotaExceededError');
    }
    bytes.set(host.randomBytes(bytes.length));
    return array;
  }

  function randomUUID() {
    const bytes = host.randomBytes(16);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = host.decode(bytes, 'hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  const secrets = new WeakMap();
  class CryptoKey {
    constructor(hash, bytes, extractable, usages) {
      this.type = 'secret';
      this.extractable = extractable;
      this.algorithm = { name: 'HMAC', hash: { name: hash }, length: bytes.length * 8 };
      this.usages = usages;
      secrets.set(this, bytes);
    }
  }

  function onlyHmac(algorithm) {
    const name = String(algorithm?.name ?? algorithm);
    if (name.toUpperCase() !== 'HMAC') throw new DOMException(`${name} is not supported; HMAC is`, 'NotSupportedError');
  }
  function onlyRaw(format) {
    if (format !== 'raw') throw new DOMException(`The format ${String(format)} is not supported; raw is`, 'NotSupportedError');
  }
  function usable(key, usage) {
    const bytes = key !== null && typeof key === 'object' ? secrets.get(key) : undefined;
    if (bytes === undefined) throw new TypeError('The key must come from crypto.subtle.importKey');
    if (!key.usages.includes(usage)) throw new DOMException(`The key was not imported for "${usage}"`, 'InvalidAccessError');
    return bytes;
  }
  const mac = (key, data) => host.hmac(kit.algorithm(key.algorithm.hash), secrets.get(key), kit.needBytes(data, 'The data'));

  const subtle = {
    async digest(algorithm, data) {
      return host.digest(kit.algorithm(algorithm), kit.needBytes(data, 'The data'));
    },
    async importKey(format, key, algorithm, extractable, usages) {
      onlyHmac(algorithm);
      onlyRaw(format);
      kit.algorithm(algorithm.hash);
      return new CryptoKey(String(algorithm.hash?.name ?? algorithm.hash), kit.needBytes(key, 'The key').slice(), Boolean(extractable), [...(usages ?? [])]);
    },
    async exportKey(format, key) {
      onlyRaw(format);
      if (!key.extractable) throw new DOMException('The key cannot be exported: it was imported as not extractable', 'InvalidAccessError');
      return secrets.get(key).slice().buffer;
    },
    async sign(algorithm, key, data) {
      onlyHmac(algorithm);
      usable(key, 'sign');
      return mac(key, data);
    },
    async verify(algorithm, key, signature, data) {
      onlyHmac(algorithm);
      usable(key, 'verify');
      const wanted = new Uint8Array(mac(key, data));
      const given = kit.needBytes(signature, 'The signature');
      if (given.length !== wanted.length) return false;
      let different = 0;
      // Every byte is looked at, so that the time tells nothing about where they differ.
      for (let at = 0; at < wanted.length; at++) different |= wanted[at] ^ given[at];
      return different === 0;
    },
  };

  // Nothing but digests and HMAC is there. What calls something else reads that, and not that it calls no function.
  for (const name of ['generateKey', 'encrypt', 'decrypt', 'deriveKey', 'deriveBits', 'wrapKey', 'unwrapKey']) {
    subtle[name] = async () => {
      throw new DOMException(`crypto.subtle.${name} is not supported; digest, and sign and verify with HMAC, are`, 'NotSupportedError');
    };
  }

  kit.randomUUID = randomUUID;
  kit.define(globalThis, 'crypto', { getRandomValues, randomUUID, subtle });
  kit.define(globalThis, 'CryptoKey', CryptoKey);
});
