import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PieceRedactor } from './piece-redactor.ts';

const KEY = { name: 'KEY', value: 'key-0123456789' };
const LONGER = { name: 'LONGER', value: 'key-0123456789-and-more' };

function redacted(pieces: readonly string[], secrets = [KEY, LONGER]): string {
  const redactor = new PieceRedactor(secrets);
  return pieces.map((piece) => redactor.push(piece)).join('') + redactor.flush();
}

it('G30 finds a secret wherever it is cut', () => {
  for (let cut = 0; cut <= LONGER.value.length; cut += 1) {
    const text = `a ${LONGER.value} b`;
    expect(redacted([text.slice(0, cut + 2), text.slice(cut + 2)])).toBe('a [LONGER] b');
  }
  expect(redacted(`a ${KEY.value}`.split(''))).toBe('a [KEY]');
  expect(redacted([`${KEY.value}-and-`, 'less'])).toBe('[KEY]-and-less');
});

it('holds back what could be the beginning of a secret, and no more', () => {
  const redactor = new PieceRedactor([KEY]);
  expect(redactor.push('monkey')).toBe('mon');
  expect(redactor.held).toBe('key');
  expect(redactor.push('s and ')).toBe('keys and ');
  expect(redactor.push('key-0')).toBe('');
  expect(redactor.flush()).toBe('key-0');
  expect(redactor.push('123456789')).toBe('123456789');
});

it('G30 remembers what it has released: the rest of the secret is not shown', () => {
  const redactor = new PieceRedactor([KEY]);
  expect([redactor.push('a key-'), redactor.release(8), redactor.release(8)]).toEqual(['a ', 'key-', '']);
  expect(redactor.push('012')).toBe('');
  expect(redactor.release(7)).toBe('');
  expect(redactor.release(8)).toBe('012');
  expect(redactor.push('3456789!')).toBe('[KEY]!');
  expect([redactor.push('key-'), redactor.release(8), redactor.push('ring')]).toEqual(['', 'key-', 'ring']);
});

it('G30 shows no secret at the end, though it could be the beginning of another', () => {
  const redactor = new PieceRedactor([KEY, LONGER]);
  expect(redactor.push(KEY.value)).toBe('');
  expect(redactor.held).toBe('[KEY]');
  expect(redactor.flush()).toBe('[KEY]');
});

it('lets everything pass where there is no secret', () => {
  expect(redacted(['a', '', 'b'], [])).toBe('ab');
});

it('says the same of a text however it is cut', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '$'), minLength: 2, maxLength: 5 });
  const secrets = fc.array(word, { minLength: 1, maxLength: 3 });
  const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '$', '.'), maxLength: 6 }), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(secrets, pieces, (values, cut) => {
      const known = values.map((value) => ({ name: 'S', value }));
      expect(redacted(cut, known)).toBe(redacted([cut.join('')], known));
    }),
  );
});
