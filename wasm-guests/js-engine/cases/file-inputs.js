// Files of the input, as code of other hosts reads them.
const { one, several, text } = data.input;
const lengths = [one, ...several].map((file) => Buffer.from(file.binary.data).length);
return {
  text: one.binary.data.toString('utf8'),
  lengths,
  listed: Object.keys(one),
  json: JSON.stringify(one),
  own: several[1].binary.data,
  plain: [text.binary, 'binary' in data.input],
};
