/** One file to be read by kubectl and by us. `NAME` stands for the object's own name. */
export interface Case {
  readonly name: string;
  readonly text: string | Uint8Array;
}

const header = 'apiVersion: test.example/v1\nkind: Case\nmetadata:\n  name: NAME\n  labels: {own: "1"}\n';

/** Scalars as people write them; each stands as a value, a key, a list item and inside brackets. */
const scalars: readonly string[] = [
  ...['yes', 'on', 'y', 'Y', 'n', 'No', 'OFF', 'true', 'TRUE', 'tRUE', 'oN', 'yes!', 'yes no'],
  ...['0644', '0o644', '0O17', '0x1F', '0X1f', '0b11', '0B11', '-0b11', '0b-101', '0b+1', '-0b-1', '0x', '0b', '0o'],
  ...[
    '1_000',
    '1__0',
    '_1',
    '-_1',
    '+1',
    '+',
    '0o8',
    '0b2',
    '0x1p-2',
    '0_8',
    '08',
    '09',
    '0800',
    '00',
    '0',
    '-0',
    '+0',
  ],
  ...[
    '1e3',
    '1e+3',
    '1E-3',
    '1.',
    '.5',
    '.5e3',
    '.5_0',
    '._5',
    '.',
    '..',
    '1e',
    'e1',
    '1e3e',
    '12e5',
    '1_0.5_0',
    '+.5',
  ],
  ...['1:30', '190:20:30', '2024-01-01', '2001-12-14t21:59:43.10-05:00', '2001-12-14 21:59:43.10', '1,000', 'a:b'],
  ...['~', 'null', 'Null', 'nULL', '""', "''", '.inf', '-.inf', '+.inf', '.nan', '.NaN', '.iNf', 'NaN', 'Infinity'],
  ...['9007199254740991', '9007199254740992', '9007199254740993', '-9007199254740993', '9223372036854775807'],
  ...['9223372036854775808', '-9223372036854775808', '-9223372036854775809', '18446744073709551615'],
  ...['18446744073709551616', '99999999999999999999', '123456789012345678901234567890', '0xFFFFFFFFFFFFFFFF'],
  ...['0xFFFFFFFFFFFFFFFFF', '+0xFFFFFFFFFFFFFFFF', '-0x8000000000000000', '-0x8000000000000001'],
  ...['0777777777777777777777777', '1e17', '1e18', '1e20', '1e21', '1e22', '1e400', '-1e400', '1e-400', '-0.0'],
  ...[
    '123456789012345678.0',
    '1.5',
    '1.50',
    '0.1',
    '1e-7',
    '4.9e-324',
    '1.7976931348623157e308',
    '123456789.123456789',
  ],
  ...['!!str 123', '!!int "12"', '!!int 1.5', '!!int foo', '!!float 3', '!!float foo', '!!bool yes', '!!bool 1'],
  ...['!!null ""', '!!null foo', '!!binary aGk=', '!!binary "!!"', '!!timestamp 2020-01-01', '!!timestamp foo'],
  ...['!foo bar', '!foo 12', '! 12', '!!map x', '!!set {a, b}', '!x {a: 1}', '!<tag:yaml.org,2002:str> 12', '!e!x 1'],
  ...['<<', '=', '@a', '`a', '%a', '{{ .Values.x }}', '"{{ x }}"', "'it''s'", 'é', '日本', '😀', '-a', 'a#b', 'a b'],
  ...[
    '"\\x41\\u0041\\U0001F600"',
    '"\\ud83d\\ude00"',
    '"\\/"',
    '"\\e\\a\\v\\_\\N\\L\\P"',
    '"\\q"',
    '"a\tb"',
    '&a 1',
    '*a',
  ],
];

/** Documents and blocks below a valid header. */
const bodies: readonly string[] = [
  'v: |\n  a\n  b\n',
  'v: |-\n  a\n',
  'v: |+\n  a\n\n',
  'v: >\n  a\n  b\n\n  c\n',
  'v: >-\n  a\n    b\n  c\n',
  'v: |2\n    a\n',
  'v: |1\n  a\n',
  'v: |0\n a\n',
  'v: |\n  a',
  'v: |\n  a\n\tb\n',
  'v: |\n  \ta\n',
  'v: |  # remark\n  a\n',
  'v: "multi\n  line"\n',
  'v: "multi\nline"\n',
  'v: plain\n  multi\n',
  'v: [\n  a,\n  b\n]\n',
  'v: [\n\ta,\n\tb\n]\n',
  'v: {a: 1,\nb: 2}\n',
  'v: {k: \t1}\n',
  'v: [a: b]\n',
  'v: {a, b}\n',
  'v: {"a":1}\n',
  'v: {a: 1, }\n',
  'v: [,]\n',
  'v: {a: 1, b\n  c: 2}\n',
  'v: {a: b\n  c: 2}\n',
  'v: {"b\n  c": 2}\n',
  'v: [b:,c]x\n',
  'v: {b:[1]}\n',
  'v: {k: !null, x: 1}\n',
  'v: "a\u2028b"\n',
  'v:\tb\n',
  'v: b\t# remark\n',
  '\tv: b\n',
  'v:\n\tk: b\n',
  'v:\n- - a\n  - b\n- k: 1\n  l: 2\n',
  'v:\n-\n  - nested\n-\n',
  'v: a: b\n',
  "v: 'a'b\n",
  'v: - a\n',
  'v: &x [*x]\n',
  'v: &x {a: 1}\nw: *x\n',
  'v: &x 1\nw: &x 2\nz: *x\n',
  'v: &x {k: &x {z: 3}}\nw: *x\n',
  'v: *missing\n',
  'v: &a.b 1\n',
  'v: &x {a: 1}\nw: {<<: *x, b: 2}\n',
  'v: {a: 1, <<: {a: 2}}\n',
  'v: {<<: {a: 2}, a: 1}\n',
  'v: {<<: [{a: 1}, {a: 2, b: 3}]}\n',
  'v: {<<: [1]}\n',
  'v: {<<: 1}\n',
  'v: {"<<": {a: 1}}\n',
  'v: &x [{a: 1}]\nw: {<<: *x}\n',
  'v: {!!merge <<: {a: 1}}\n',
  'v: 1\nv: 2\n',
  'v: {a: 1, a: 2}\n',
  'v: {1: a, "x": b}\n',
  '? v\n: 1\n',
  '? [v]\n: 1\n',
  'v: {__proto__: {a: 1}, constructor: 1}\n',
  'v: "\x07"\n',
  'v: \x07\n',
  'v: 1\r\nw: |\r\n  a\r\n  b\r\n',
  'v: "a\r\n  b"\r\n',
  `v: ${'x'.repeat(10_000)}\n`,
  'v: 1\n--- # second\n',
  'v: 1\n...\n',
  'v: 1\n---\n---\n',
  'v: 1\n---x\n',
  'v: 1\n--- {a: 1}\n',
  'v: 1\n---\n# nothing\n',
  'v: 1\n---\nnull\n',
  'items: 3\n',
  'items: null\n',
  'items: [1]\n',
  'items: []\n',
];

const second = header.replace('NAME', 'NAME-b');
const item = (name: string) => `{"apiVersion":"a/v1","kind":"K","metadata":{"name":"${name}","labels":{"own":"1"}}}`;

/** Whole files. */
const files: readonly string[] = [
  `${header}---\n${second}v: 1\n`,
  `---\n${header}---\n${second}`,
  `# remark\n\n${header}`,
  `\uFEFF${header}v: 1\n`,
  `${header}---\n\uFEFF${second}`,
  `%YAML 1.1\n---\n${header}`,
  `${header}v: &x 1\n---\n${second}v: *x\n`,
  item('NAME'),
  `${item('NAME')}\n${item('NAME-b')}`,
  `${item('NAME')}${item('NAME-b')}${item('NAME-c')}`,
  `${item('NAME')}\n---\n${item('NAME-b')}\n`,
  `${item('NAME')}\n---\n${second}`,
  `${item('NAME')}\n${item('NAME-b')}\nx: 1\n`,
  '{"apiVersion":"a/v1","kind":"K","metadata":{"name":"NAME","labels":{"own":"1"}},"v":"\\ud83d\\ude00\\/\\u0000"}',
  '{"apiVersion":"a/v1","kind":"K",\n\t"metadata":{"name":"NAME","labels":{"own":"1"}},\n\t"v":[\n\t\t1e3, 1.0, -0, 9007199254740993\n]\n}',
  '{"apiVersion":"a/v1","kind":"K","metadata":{"name":"NAME","labels":{"own":"1"}},"v":18446744073709551615}',
  '{"apiVersion":"a/v1","kind":"K","metadata":{"name":"NAME","labels":{"own":"1"}},"v":0644}',
  `apiVersion: v1\nkind: List\nitems:\n- ${item('NAME')}\n- ${item('NAME-b')}\n`,
  'apiVersion: a/v1\nkind: KList\nitems:\n- metadata: {name: NAME, labels: {own: "1"}}\n- metadata: {name: NAME-b, labels: {own: "1"}}\n',
  'apiVersion: v1\nkind: List\nitems: []\n',
  'apiVersion: v1\nkind: List\nitems:\n- 1\n',
  'v: 1\n\0',
  '  apiVersion: a/v1\n  kind: K\n  metadata: {name: NAME, labels: {own: "1"}}\nstray: 1\n',
  '# nothing\n',
  '',
];

/** Files that are no UTF-8. */
const encodings: readonly ((text: string) => Uint8Array)[] = [
  (text) => Buffer.from(`\uFEFF${text}v: é\n`, 'utf16le'),
  (text) => Buffer.from(`\uFEFF${text}v: é\n`, 'utf16le').swap16(),
  (text) => Buffer.concat([Buffer.from(`${text}v: "`), Buffer.from([0xff, 0xfe, 0x41]), Buffer.from('"\n')]),
];

/** Every case, with a name that is a file name and an object name. */
export function kubectlCases(): readonly Case[] {
  const texts = [
    ...scalars.flatMap((scalar) => [
      `${header}v: ${scalar}\n`,
      `${header}v:\n  ${scalar}: w\n`,
      `${header}v:\n- ${scalar}\n- k: [${scalar}, {m: ${scalar}}]\n`,
    ]),
    ...bodies.map((body) => header + body),
    ...files,
  ];
  const named = (index: number) => `c${index}`;
  const cases: Case[] = texts.map((text, index) => ({
    name: named(index),
    text: text.replaceAll('NAME', named(index)),
  }));
  for (const encode of encodings) {
    const name = named(cases.length);
    cases.push({ name, text: encode(header.replace('NAME', name)) });
  }
  return cases;
}
