import { defineConfig } from 'vitest/config';

const packages = [
  'contract',
  'store',
  'control-plane',
  'agents',
  'daemon',
  'client',
  'cli',
  'model-server',
] as const;

const all = (percent: number): Record<'lines' | 'functions' | 'branches' | 'statements', number> => ({
  lines: percent,
  functions: percent,
  branches: percent,
  statements: percent,
});

/** Tests that work with real git, tmux, processes and disks, and many histories: too slow for the gate, part of `npm test`. */
const onTheMachine = [
  'packages/daemon/src/**/*.test.ts',
  'packages/agents/src/**/*.test.ts',
  'packages/store/src/sqlite/**/*.test.ts',
  'packages/harness/src/simulation/**/*.test.ts',
  'packages/cli/src/{daemon,main}*/**/*.test.ts',
  'packages/cli/src/main.test.ts',
  'packages/cli/src/project/doctor/**/*.test.ts',
  'packages/cli/src/{agents,attempt,harness}/**/*.test.ts',
  'packages/control-plane/src/server/**/*.test.ts',
  'packages/model-server/src/{offline,test-agents}/**/*.test.ts',
  'packages/domain/src/run/model/**/*.test.ts',
  // Makes every page of docs/ anew.
  'packages/contract/src/docs.test.ts',
];

/** Tests that drive real agent CLIs where they are installed: `npm run agents:install`, or TINA_TEST_CLAUDE. */
const withAgents = ['packages/agents/src/**/*-cli.test.ts'];

export default defineConfig({
  test: {
    // A forgotten `.only` would silently turn a green run into a run of one test.
    allowOnly: false,
    reporters: ['default', './scripts/lib/skip-reporter.mjs'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts'],
          exclude: onTheMachine,
          isolate: true,
          // Generous: a busy machine is no bug.
          testTimeout: 30_000,
          maxWorkers: '100%',
        },
      },
      {
        test: {
          name: 'machine',
          include: onTheMachine,
          exclude: withAgents,
          isolate: true,
          testTimeout: 60_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'agents',
          include: withAgents,
          isolate: true,
          // Each agent is a program of its own that takes seconds; a retry of theirs as well.
          testTimeout: 90_000,
          hookTimeout: 30_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['packages/harness/e2e/**/*.test.ts'],
          isolate: true,
          // Whole programs, real git and real tmux, on two cores that run two files at a time.
          testTimeout: 120_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
    ],
    coverage: {
      provider: 'v8',
      reporter: [['text', { skipFull: true }], 'text-summary', 'html'],
      reportsDirectory: 'coverage',
      include: ['packages/*/src/**/*.ts'],
      // A `main.ts` only wires a process together; the end-to-end tests run it as a process of its own.
      exclude: [
        '**/*.test.ts',
        '**/*.test-support.ts',
        'packages/*/src/**/main.ts',
        // Runs as a process of its own, in another network.
        'packages/model-server/src/offline/keeper.ts',
        'packages/harness/**',
      ],
      thresholds: {
        'packages/domain/src/**': all(100),
        ...Object.fromEntries(
          packages.map((name) => [`packages/${name}/src/**`, { ...all(90), branches: 85 }]),
        ),
        // How agent CLIs are driven is proven with the CLIs themselves, which are not on every machine.
        'packages/agents/src/**': { ...all(85), branches: 80 },
      },
    },
  },
});
