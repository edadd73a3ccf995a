import { describe, expect, it } from '@jest/globals';
import { show } from './command.js';
import { fitted } from './fitted.js';
import { mayPaint, painted } from './painted.js';
import { table } from './text.js';

const message = 'the site-guard of b does not renew, and nobody knows whether it would fence';
const text = table(['GROUP', 'FOUND'], [['orders', message]]);

describe('fitted', () => {
  it('goes on below the last column, and loses no word', () => {
    const lines = fitted(text, 44).split('\n');
    expect(lines.every((line) => line.length <= 44)).toBe(true);
    expect(lines.slice(2).every((line) => line.startsWith(' '.repeat('orders  '.length)))).toBe(true);
    expect(lines.slice(1).join(' ').replaceAll(/ +/g, ' ')).toBe(`orders ${message}`);
  });

  it('leaves alone what fits, what is typed, what is one word, and what no screen shows', () => {
    const command = `  signalbox override orders cool-down --for 15m --reason '${'why '.repeat(20)}'`;
    const hash = 'f'.repeat(90);
    for (const whole of [`${text}\n`, command, hash]) expect(fitted(whole, 400)).toBe(whole);
    expect(fitted(command, 50)).toBe(command);
    expect(fitted(hash, 50)).toBe(hash);
    expect(fitted(text, undefined)).toBe(text);
    expect(fitted(text, 10)).toBe(text);
  });
});

describe('painted', () => {
  const plain = (text: string) =>
    ['\u001b[1m', '\u001b[31m', '\u001b[0m'].reduce((left, code) => left.replaceAll(code, ''), text);

  it('changes no character, and marks heads and alarms', () => {
    const shown = painted(`${text}\norders is NOT ready.`);
    expect(plain(shown)).toBe(`${text}\norders is NOT ready.`);
    expect(shown).toContain('\u001b[31mNOT ready\u001b[0m');
    expect(shown.startsWith('\u001b[1mGROUP')).toBe(true);
  });

  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
  ])('on a screen (%s) with %j: %s', (isScreen, environment, expected) => {
    expect(mayPaint(isScreen, environment)).toBe(expected);
  });
});

describe('show', () => {
  it('fits and paints text, and never JSON', () => {
    const out: string[] = [];
    const terminal = {
      out: (line: string) => out.push(line),
      err: () => undefined,
      isScreen: true,
      columns: 44,
      colours: true,
    };
    show({ terminal, json: true }, { found: message }, () => text);
    show({ terminal, json: false }, {}, () => text);
    expect(out[0]).toBe(JSON.stringify({ found: message }, null, 2));
    expect(out[1]).toBe(painted(fitted(text, 44)));
  });
});
