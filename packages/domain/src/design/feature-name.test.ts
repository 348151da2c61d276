import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { featureName, isFeatureName, MAX_FEATURE_NAME_LENGTH } from './feature-name.ts';

describe('the feature of a design', () => {
  it.each([
    ['2026-01-26-myfeature-design.md', 'myfeature'],
    ['20260126-login-design.md', 'login'],
    ['2026_01_26_user login.md', 'user-login'],
    ['docs/plans/2026-01-26-myfeature-design.md', 'myfeature'],
    ['C:\\plans\\login-design.md', 'login'],
    ['login.md', 'login'],
    ['login', 'login'],
    ['login.design.markdown', 'login'],
    ['MyFeature-design.md', 'my-feature'],
    ['HTTPServer.md', 'http-server'],
    ['design.md', 'design'],
    ['design-system-design.md', 'design-system'],
    ['2fa-login.md', '2fa-login'],
    ['2026-roadmap.md', '2026-roadmap'],
    ['2026-13-45-odd.md', '2026-13-45-odd'],
    ['v1.2.md', 'v1-2'],
    ['  Spaces & signs!  .md', 'spaces-signs'],
    ['Crème brûlée.md', 'creme-brulee'],
    ['naïve—café-design.md', 'naive-cafe'],
    ['запуск-login.md', 'login'],
  ])('in %s is %s', (file, feature) => {
    expect(featureName(file)).toBe(feature);
  });

  it.each(['', '.md', '---.md', '日本語-design.md', '2026-01-26.md', '2026-01-26-design.md', 'docs/'])(
    'is not in "%s"',
    (file) => {
      expect(featureName(file)).toBeNull();
    },
  );

  it('is cut where it is too long, without a dash at its end', () => {
    const feature = featureName(`${'a'.repeat(MAX_FEATURE_NAME_LENGTH - 1)}-b.md`);
    expect(feature).toBe('a'.repeat(MAX_FEATURE_NAME_LENGTH - 1));
    expect(isFeatureName(`${feature}bc`)).toBe(false);
  });

  it('is a feature name or nothing, whatever the file is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (file) => {
        const feature = featureName(file);
        expect(feature === null || isFeatureName(feature)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is found again behind a date and before the suffix', () => {
    const date = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z]{1,6}(-[a-z0-9]{1,6}){0,3}$/),
        date,
        fc.boolean(),
        (name, date, isShort) => {
          fc.pre(!name.endsWith('-design'));
          const day = date.toISOString().slice(0, 10);
          expect(featureName(`${isShort ? day.replaceAll('-', '') : day}-${name}-design.md`)).toBe(name);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('a feature name', () => {
  it.each(['a', 'a-b', '2fa', 'my-feature-2'])('is "%s"', (text) => {
    expect(isFeatureName(text)).toBe(true);
  });

  it.each(['', '-a', 'a-', 'a--b', 'A', 'a b', 'a/b', 'ä', 'a\n'])('is not "%s"', (text) => {
    expect(isFeatureName(text)).toBe(false);
  });
});
