// Arguments that fit a tool's schema, the same ones every time.

const SAMPLES = {
    'date-time': '2026-03-04T05:06:07Z',
    date: '2026-03-04',
    time: '05:06:07Z',
    duration: 'P1D',
    email: 'ana@example.com',
    uri: 'https://example.com/a?b=c',
    uuid: '3fa85f64-5717-4562-b3fc-2c963f66afa6',
    ipv4: '192.0.2.1',
    ipv6: '2001:db8::1',
    hostname: 'example.com',
};

/** Texts that are tried where a pattern has to fit. */
const CANDIDATES = ['a', 'A', '1', 'abc', 'ABC', '123', '1.0', 'a-b_c', '0123456789', 'C1234567', '1234567890.123456', '#ffffff', '{user_question} {content}'];

/** Arguments for `schema`: `least` has what is required, `most` everything. */
export function argumentsFor(schema, how) {
    return valueFor(schema, how, 0);
}

function valueFor(schema, how, depth) {
    if (schema === true || schema === undefined) return 'anything';
    if ('const' in schema) return schema.const;
    if (schema.enum) return how === 'most' ? schema.enum.at(-1) : schema.enum[0];
    if (schema.anyOf) {
        const usable = schema.anyOf.filter((one) => one.type !== 'null');
        const { anyOf, ...rest } = schema;
        return valueFor({ ...rest, ...(how === 'most' ? usable.at(-1) : usable[0]) }, how, depth);
    }
    if (schema.examples?.length && how === 'most') return schema.examples[0];
    const kinds = [schema.type ?? (schema.properties ? 'object' : 'string')].flat();
    return OF_TYPE[kinds.find((kind) => kind !== 'null') ?? 'null'](schema, how, depth);
}

const OF_TYPE = {
    null: () => null,
    boolean: (_, how) => how === 'most',
    integer: (schema) => Math.ceil(numberFor(schema, 1)),
    number: (schema) => numberFor(schema, 0.5),
    string: (schema) => {
        const text = SAMPLES[schema.format] ?? 'text with spaces & 100% = more?';
        if (schema.pattern) {
            const fits = new RegExp(schema.pattern, 'u');
            const found = [schema.examples?.[0], schema.default, text, ...CANDIDATES].find(
                (one) => typeof one === 'string' && fits.test(one),
            );
            if (found === undefined) throw new Error(`no text for the pattern ${schema.pattern}`);
            return found;
        }
        return text.padEnd(schema.minLength ?? 0, 'x').slice(0, schema.maxLength);
    },
    array: (schema, how, depth) => {
        const few = Math.max(schema.minItems ?? 0, how === 'most' && depth < 4 ? 1 : 0);
        const count = Math.min(few, schema.maxItems ?? few);
        const items = Array.from({ length: count }, () => valueFor(schema.items, how, depth + 1));
        // Of simple values that must differ there are some that are easily found.
        if (schema.uniqueItems && count > 1) return items.map((item, index) => schema.items?.enum?.[index] ?? `${item}${index}`);
        return items;
    },
    object: (schema, how, depth) => {
        if (schema.format === 'file') return { fileName: 'a file.txt', mimeType: 'text/plain', base64: 'aGVsbG8=' };
        const properties = schema.properties ?? {};
        const needed = new Set(schema.required ?? []);
        const wanted = Object.keys(properties).filter((name) => needed.has(name) || (how === 'most' && depth < 4));
        const object = Object.fromEntries(wanted.map((name) => [name, valueFor(properties[name], how, depth + 1)]));
        for (const name of Object.keys(properties)) {
            if (Object.keys(object).length >= (schema.minProperties ?? 0)) break;
            object[name] ??= valueFor(properties[name], how, depth + 1);
        }
        return object;
    },
};

function numberFor(schema, usual) {
    const least = schema.minimum ?? (schema.exclusiveMinimum === undefined ? undefined : schema.exclusiveMinimum + 1);
    const most = schema.maximum ?? (schema.exclusiveMaximum === undefined ? undefined : schema.exclusiveMaximum - 1);
    const number = Math.min(Math.max(usual, least ?? usual), most ?? Infinity);
    return schema.multipleOf ? Math.ceil(number / schema.multipleOf) * schema.multipleOf : number;
}
