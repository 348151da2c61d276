// House rules that oxlint has no rule of its own for. They work on syntax alone and keep no state.
import { dirname, join, relative, sep } from 'node:path';

const relativeExtension = /\.(?:ts|mjs|json)$/;

/** Calls `check(node, specifier)` for every place that names another module: import, export, import() and types. */
function onSpecifier(check) {
  const fromSource = (node) => {
    if (typeof node.source?.value === 'string') check(node, node.source.value);
  };
  return {
    ImportDeclaration: fromSource,
    ExportNamedDeclaration: fromSource,
    ExportAllDeclaration: fromSource,
    ImportExpression: fromSource,
    TSImportType: fromSource,
  };
}

/** `packages/store` for a file of the store, null for a file outside of the packages. */
function packageFolder(path) {
  const [first, second] = path.split(sep);
  return first === 'packages' && second !== undefined ? join(first, second) : null;
}

/** Importing execa costs 76 ms, so it stays out of everything that a command loads. */
const onlyIn = { execa: join('packages', 'daemon') };

const packageBoundary = {
  create(context) {
    const file = relative(context.cwd, context.filename);
    const home = packageFolder(file);
    return onSpecifier((node, specifier) => {
      if (/^@tina\/[^/]+\//.test(specifier)) {
        const message = `'${specifier}' reaches into another package: import what its index.ts lists.`;
        context.report({ node, message });
      }
      if (home !== null && Object.hasOwn(onlyIn, specifier) && onlyIn[specifier] !== home) {
        context.report({ node, message: `'${specifier}' may be imported in ${onlyIn[specifier]} only.` });
      }
      if (!specifier.startsWith('.')) return;
      if (home !== null && packageFolder(join(dirname(file), specifier)) !== home) {
        context.report({
          node,
          message: `'${specifier}' leaves the package: import the other package by name.`,
        });
      }
      if (!relativeExtension.test(specifier)) {
        context.report({
          node,
          message: `'${specifier}' needs its real extension: Node runs the sources as they are.`,
        });
      }
    });
  },
};

const noExportStar = {
  create(context) {
    const message = 'List what is exported by name, so that a package shows its surface in one place.';
    return { ExportAllDeclaration: (node) => context.report({ node, message }) };
  },
};

const noEnum = {
  create(context) {
    const message = 'Use a union of strings or a const object: an enum is not erasable.';
    return { TSEnumDeclaration: (node) => context.report({ node, message }) };
  },
};

/** What native rules cannot say of the domain: the clock behind `new Date()`, and promises in types. */
const domainPurity = {
  create(context) {
    const report = (message) => (node) => context.report({ node, message });
    const clock = report('The domain has no clock: take `now` as an argument.');
    const promise = report('The domain promises nothing: return a value.');
    return {
      'NewExpression[callee.name="Date"][arguments.length=0]': clock,
      'CallExpression[callee.name="Date"]': clock,
      'TSTypeReference[typeName.name=/^(?:Promise|PromiseLike|AsyncIterable|AsyncIterator|AsyncGenerator)$/]':
        promise,
      AwaitExpression: promise,
      'ForOfStatement[await=true]': promise,
    };
  },
};

/** `expect({ a: 'x' }).toMatchObject({ a: /y/ })` passes: a pattern has no fields of its own to differ in. */
const noBarePattern = {
  create(context) {
    const message = 'A pattern is no matcher here, and any value passes: use expect.stringMatching(...).';
    const matcher =
      'CallExpression[callee.property.name=/^(?:toMatchObject|toEqual|toStrictEqual|toContainEqual|objectContaining|arrayContaining|toHaveBeenCalledWith)$/]';
    const report = (node) => context.report({ node, message });
    return {
      [`${matcher} Property > Literal[regex]`]: report,
      [`${matcher} ArrayExpression > Literal[regex]`]: report,
    };
  },
};

export default {
  meta: { name: 'tina' },
  rules: {
    'package-boundary': packageBoundary,
    'no-export-star': noExportStar,
    'no-enum': noEnum,
    'domain-purity': domainPurity,
    'no-bare-pattern': noBarePattern,
  },
};
