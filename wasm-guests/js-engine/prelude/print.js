// How values look in a log line. Nothing here ever throws, whatever it is given.
(function (host, kit) {
  'use strict';

  const DEEPEST = 6;
  const MOST_MEMBERS = 100;
  const MOST_CAUSES = 4;
  // Levels that are shown of what was thrown.
  const DESCRIBED = 2;

  const headOf = (error) => (error.message ? `${error.name}: ${error.message}` : String(error.name));

  // An Error is printed with its stack, which is where an author looks for the line, with the errors that it holds, and with
  // what caused it.
  function printError(error, depth = 0) {
    const head = headOf(error);
    const frames = kit.authorFrames(error.stack);
    let text = frames ? `${head}\n${frames}` : head;
    if (Array.isArray(error.errors)) text += `\nerrors: ${inspectSafely(error.errors)}`;
    if (depth === MOST_CAUSES || !Object.hasOwn(error, 'cause')) return text;
    const { cause } = error;
    return `${text}\ncaused by ${cause instanceof Error ? printError(cause, depth + 1) : printSafely(cause)}`;
  }

  function inspectSafely(values) {
    try {
      return inspect(values, DEEPEST - 1, []);
    } catch {
      return '[cannot be shown]';
    }
  }

  // For what JSON cannot say: circles, BigInt, Map and Set.
  function inspect(value, depth, above) {
    if (typeof value === 'string') return JSON.stringify(value);
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'symbol') return value.toString();
    if (typeof value === 'function') return `[function ${value.name || 'anonymous'}]`;
    if (typeof value !== 'object' || value === null) return String(value);
    if (above.includes(value)) return '[circular]';
    if (depth > DEEPEST) return Array.isArray(value) ? '[array]' : '[object]';
    // Without what caused it, which may be what it stands in.
    if (value instanceof Error) return `[${headOf(value)}]`;
    if (value instanceof Date || value instanceof RegExp) return String(value);
    const inside = [...above, value];
    const members = (list, show) => {
      const shown = list.slice(0, MOST_MEMBERS).map(show);
      if (list.length > MOST_MEMBERS) shown.push(`… ${list.length - MOST_MEMBERS} more`);
      return shown.join(', ');
    };
    const show = (member) => inspect(member, depth + 1, inside);
    if (Array.isArray(value)) return `[${members(value, show)}]`;
    if (value instanceof Map) return `Map {${members([...value], ([k, v]) => `${show(k)} => ${show(v)}`)}}`;
    if (value instanceof Set) return `Set {${members([...value], show)}}`;
    if (value instanceof URLSearchParams) return `URLSearchParams {${value}}`;
    return `{${members(Object.keys(value), (key) => `${key}: ${show(value[key])}`)}}`;
  }

  // What JSON writes as an object without members.
  const isMoreThanJson = (value) =>
    value instanceof Error || value instanceof Map || value instanceof Set || value instanceof RegExp || value instanceof URLSearchParams;

  function print(value) {
    if (typeof value === 'string') return value;
    if (typeof value !== 'object' || value === null) {
      return typeof value === 'bigint' ? String(value) : inspect(value, 0, []);
    }
    if (value instanceof Error) return printError(value);
    try {
      let isJson = true;
      const json = JSON.stringify(value, (key, member) => {
        if (isMoreThanJson(member)) isJson = false;
        return member;
      });
      if (isJson && json !== undefined) return json;
    } catch {
      // A circle, a BigInt or a toJSON that throws: shown in our own words.
    }
    return inspect(value, 0, []);
  }

  function printSafely(value) {
    try {
      return print(value);
    } catch {
      return '[cannot be shown]';
    }
  }

  // What was thrown and is no Error, where JSON cannot say it. This may throw.
  kit.describe = (value) => inspect(value, DEEPEST + 1 - DESCRIBED, []);

  // Writes one line of any number of values.
  kit.log = function (level, values) {
    let line = '';
    for (let place = 0; place < values.length; place++) line += (place > 0 ? ' ' : '') + printSafely(values[place]);
    host.log(level, line);
  };

  const number = (read) => (value) => (typeof value === 'object' ? 'NaN' : String(read(value)));
  // What consoles put in the place of `%s` and its kin.
  const PLACEHOLDERS = {
    s: printSafely,
    d: number(Number),
    i: number(parseInt),
    f: number(parseFloat),
    j: printSafely,
    o: printSafely,
    O: printSafely,
    c: () => '',
  };

  // `values` with the placeholders of the first filled from those behind it. What has none stays as it is.
  function filled(values) {
    if (values.length < 2 || typeof values[0] !== 'string') return values;
    try {
      let used = 1;
      const text = values[0].replace(/%([sdifjoOc%])/g, (whole, kind) => {
        if (kind === '%') return '%';
        return used < values.length ? PLACEHOLDERS[kind](values[used++]) : whole;
      });
      return [text, ...values.slice(used)];
    } catch {
      return values;
    }
  }

  const at = (level) => (...values) => kit.log(level, filled(values));
  const counts = new Map();
  const begun = new Map();
  function logTime(label = 'default', ...values) {
    if (begun.has(label)) kit.log('info', [`${label}: ${(host.now() - begun.get(label)).toFixed(3)} ms`, ...values]);
  }
  kit.define(globalThis, 'console', {
    log: at('info'),
    info: at('info'),
    debug: at('debug'),
    warn: at('warn'),
    error: at('error'),
    trace: at('debug'),
    dir: (value) => kit.log('info', [value]),
    dirxml: at('info'),
    table: (value) => kit.log('info', [value]),
    group: at('info'),
    groupCollapsed: at('info'),
    groupEnd() {},
    assert(condition, ...values) {
      if (!condition) kit.log('error', ['Assertion failed:', ...filled(values)]);
    },
    count(label = 'default') {
      counts.set(label, (counts.get(label) ?? 0) + 1);
      kit.log('info', [`${label}: ${counts.get(label)}`]);
    },
    countReset(label = 'default') {
      counts.delete(label);
    },
    time(label = 'default') {
      begun.set(label, host.now());
    },
    timeLog: logTime,
    timeEnd(label = 'default') {
      logTime(label);
      begun.delete(label);
    },
  });
});
