// Arguments that fit a tool's schema, the same ones every time.

import RandExp from 'randexp';

const SAMPLES = {
    'date-time': '2026-03-04T05:06:07Z',
    date: '2026-03-04',
    time: '05:06:07Z',
    duration: 'P1D',
    email: 'ana@example.com',
    uri: 'https://example.com/a?b=c',
    url: 'https://example.com/a?b=c',
    'uri-reference': '/a?b=c',
    'uri-template': 'https://example.com/{a}',
    uuid: '3fa85f64-5717-4562-b3fc-2c963f66afa6',
    ipv4: '192.0.2.1',
    ipv6: '2001:db8::1',
    hostname: 'example.com',
    byte: 'aGVsbG8=',
    'json-pointer': '/a/b',
    regex: '[a-z]+',
};

/** Texts that are tried where a pattern looks ahead or behind, which no text can be made of. */
const CANDIDATES = ['a', 'A', '1', 'abc', 'ABC', '123', '1.0', 'a-b_c', '{user_question} {content}'];

/** How many texts are made of a pattern before it counts as one that nothing fits. */
const MOST_TRIES = 200;

/** Levels below the root at which what is not required is left out. */
const DEEPEST = 4;

/** Nothing was found that fits a schema. */
export class NothingFits extends Error {}

/**
 * Arguments for `schema`: `least` has what is required, `most` everything for which something was found, and
 * `made` the same without the examples of the schema, which may be wrong.
 * Throws `NothingFits` when there is nothing for what is required.
 */
export function argumentsFor(schema, how) {
    return valueFor(schema, how, 0);
}

function valueFor(schema, how, depth) {
    if (schema === true || schema === undefined) return 'anything';
    if (schema === false) throw new NothingFits('a schema that takes nothing');
    if ('const' in schema) return schema.const;
    if (schema.enum) return how === 'least' ? schema.enum[0] : schema.enum.at(-1);
    if (schema.anyOf) return ofAlternatives(schema, how, depth);
    if (schema.examples?.length && how === 'most') return schema.examples[0];
    const kinds = [schema.type ?? (schema.properties ? 'object' : 'string')].flat();
    return OF_TYPE[kinds.find((kind) => kind !== 'null') ?? 'null'](schema, how, depth);
}

function ofAlternatives({ anyOf, ...rest }, how, depth) {
    const usable = anyOf.filter((one) => one.type !== 'null');
    if (how !== 'least') usable.reverse();
    let problem = new NothingFits('no alternatives');
    for (const one of usable) {
        try {
            const properties = { ...rest.properties, ...one.properties };
            const required = [...(rest.required ?? []), ...(one.required ?? [])];
            return valueFor({ ...rest, ...one, ...(rest.properties && { properties, required }) }, how, depth);
        } catch (error) {
            if (!(error instanceof NothingFits)) throw error;
            problem = error;
        }
    }
    throw problem;
}

const OF_TYPE = {
    null: () => null,
    boolean: (_, how) => how !== 'least',
    integer: (schema) => numberFor(schema, 1, 1),
    number: (schema) => numberFor(schema, 0.5),
    string: (schema, how) => textFor(schema, how),
    array: (schema, how, depth) => {
        // An argument that has to be given has to be there: in a query or header an empty list is not.
        const few = Math.max(schema.minItems ?? 0, (how !== 'least' && depth < DEEPEST) || depth === 1 ? 1 : 0);
        const count = Math.min(few, schema.maxItems ?? few);
        try {
            return Array.from({ length: count }, (_, index) => {
                const item = valueFor(schema.items, how, depth + 1);
                return schema.uniqueItems && index > 0 ? another(item, schema.items, index) : item;
            });
        } catch (error) {
            if (!(error instanceof NothingFits) || schema.minItems) throw error;
            return [];
        }
    },
    object: (schema, how, depth) => {
        if (schema.format === 'file') return { fileName: 'a file.txt', mimeType: 'text/plain', base64: 'aGVsbG8=' };
        const properties = schema.properties ?? {};
        const needed = new Set(schema.required ?? []);
        const names = [...new Set([...needed, ...Object.keys(properties)])];
        const object = {};
        for (const name of names) {
            const isShort = Object.keys(object).length < (schema.minProperties ?? 0);
            if (!needed.has(name) && !isShort && (how === 'least' || depth >= DEEPEST)) continue;
            try {
                object[name] = valueFor(properties[name], how, depth + 1);
            } catch (error) {
                if (!(error instanceof NothingFits) || needed.has(name)) throw error;
            }
        }
        for (let number = 1; Object.keys(object).length < (schema.minProperties ?? 0); number += 1) {
            if (schema.additionalProperties === false) throw new NothingFits('an object of more members than it may have');
            object[`name${number}`] = valueFor(schema.additionalProperties, how, depth + 1);
        }
        return object;
    },
};

function textFor(schema, how) {
    const { minLength = 0, maxLength = Infinity, pattern } = schema;
    const regex = pattern === undefined ? undefined : new RegExp(pattern, 'u');
    const fits = (text) =>
        typeof text === 'string' &&
        [...text].length >= minLength &&
        [...text].length <= maxLength &&
        (!regex || regex.test(text));
    const sample = SAMPLES[schema.format] ?? 'text with spaces & 100% = more?'.padEnd(minLength, 'x').slice(0, maxLength);
    const found = [...(how === 'made' ? [] : [schema.examples?.[0], schema.default]), sample].find(fits);
    if (found !== undefined) return found;
    if (regex) {
        for (const text of textsOf(pattern)) if (fits(text)) return text;
        const candidate = CANDIDATES.map((one) => one.padEnd(minLength, '0')).find(fits);
        if (candidate !== undefined) return candidate;
    }
    throw new NothingFits(`no text for ${JSON.stringify(schema)}`);
}

/** Texts made of a pattern, the same ones every time. */
function* textsOf(pattern) {
    let maker;
    try {
        maker = new RandExp(pattern);
    } catch {
        return;
    }
    // Mulberry32: small, and good enough to vary texts.
    let seed = 1;
    maker.randInt = (from, to) => {
        seed = (seed + 0x6d2b79f5) | 0;
        let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return from + Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * (to - from + 1));
    };
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        maker.max = tries < MOST_TRIES / 2 ? 10 : 100;
        yield maker.gen();
    }
}

function numberFor(schema, usual, step) {
    const least = Math.max(schema.minimum ?? -Infinity, schema.exclusiveMinimum ?? -Infinity);
    const most = Math.min(schema.maximum ?? Infinity, schema.exclusiveMaximum ?? Infinity);
    const multiple = schema.multipleOf ?? step;
    let number = Math.min(Math.max(usual, least), most);
    if (multiple) {
        number = Math.ceil(number / multiple) * multiple;
        if (number > most) number -= multiple;
    }
    // What is only just refused gives way to the middle, or to the next step.
    const between = Number.isFinite(least) && Number.isFinite(most) ? (least + most) / 2 : undefined;
    if (number === schema.exclusiveMinimum) number = multiple ? number + multiple : between ?? number + 1;
    if (number === schema.exclusiveMaximum) number = multiple ? number - multiple : between ?? number - 1;
    return number;
}

/** A value beside `item` that differs from it; `index` differs for each. */
function another(item, schema, index) {
    if (schema?.enum?.length > index) return schema.enum[index];
    if (!schema?.enum && typeof item === 'number') return item + index * (schema.multipleOf ?? 1);
    if (!schema?.enum && typeof item === 'string' && !schema.pattern && !schema.format) return `${index}${item}`.slice(0, schema.maxLength);
    throw new NothingFits('no further item that differs');
}
