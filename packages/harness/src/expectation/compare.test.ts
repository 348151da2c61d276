import { describe, expect, it } from 'vitest';
import { makeFacts, makeRun } from '../play/facts.test-support.ts';
import type { Facts } from '../play/facts.ts';
import { readYaml } from '../scenario/read-yaml.ts';
import { expected as expectedReader, type Expected } from '../scenario/expected.ts';
import { compare } from './compare.ts';

function expectedOf(yaml: string): Expected {
  const { value, problems } = readYaml(yaml, expectedReader);
  expect(problems).toEqual([]);
  return value as Expected;
}

/** `path: expected ..., found ...` of every difference. */
function differences(yaml: string, facts: Facts = makeFacts(), isScripted = true): readonly string[] {
  const scenario = { expected: expectedOf(yaml), expectedFiles: new Map<string, string>() };
  return compare(scenario, facts, isScripted).map(
    ({ path, expected, found }) => `${path}: expected ${expected}, found ${found}`,
  );
}

const WELL = `
status: complete
ending: merged
phases: ['1']
tasks: { plan-phase-1: completed, phase-1-task-3: completed }
attempts:
  plan-phase-1: [{ role: planner, status: succeeded, turns: 1 }]
  phase-1-task-3: [succeeded, { role: spec-reviewer, status: succeeded }]
events: { merge.completed: 3, attempt.lost: 0, attempt.started: { atLeast: 5 } }
findings: []
metrics: { attempts: 7, retries: 0, lost: 0, remediations: 0, duration: { atMost: 3s } }
commits: { count: 1, subjects: [Say hello] }
checkout: clean
`;

it('facts that are as expected differ in nothing', () => {
  expect(differences(WELL)).toEqual([]);
});

describe('each fact that is not as expected is told with both sides', () => {
  it.each([
    ['status: blocked', 'status: expected blocked, found complete'],
    ['ending: kept', 'ending: expected kept, found merged'],
    ["phases: ['1', '2']", 'phases: expected 1, 2, found 1'],
    ['tasks: { plan-phase-1: skipped }', 'tasks.plan-phase-1: expected skipped, found completed'],
    ['tasks: { plan-phase-9: skipped }', 'tasks.plan-phase-9: expected skipped, found no such task'],
    [
      'attempts: { plan-phase-1: [failed, succeeded] }',
      'attempts.plan-phase-1: expected failed, succeeded, found succeeded',
    ],
    [
      'attempts: { phase-1-task-3: [{ role: implementer, status: succeeded }] }',
      'attempts.phase-1-task-3: expected implementer succeeded, found implementer succeeded, spec-reviewer succeeded',
    ],
    [
      'attempts: { plan-phase-1: [{ status: succeeded, turns: 2 }] }',
      'attempts.plan-phase-1[0].turns: expected 2, found 1',
    ],
    ['events: { merge.completed: 2 }', 'events.merge.completed: expected 2, found 3'],
    ['events: { attempt.lost: { atLeast: 1 } }', 'events.attempt.lost: expected at least 1, found 0'],
    ['findings: [Something]', 'findings: expected 1, found 0'],
    ['metrics: { attempts: { atMost: 3 } }', 'metrics.attempts: expected at most 3, found 7'],
    ['commits: { count: 2 }', 'commits.count: expected 2, found 1'],
    ['commits: { subjects: [Other] }', 'commits.subjects: expected Other, found Say hello'],
    ['checkout: changed', 'checkout: expected changed, found clean'],
    ['checks: { test: passed }', 'checks.test: expected passed, found never run'],
    ['files: { a.txt: a }', 'files.a.txt: expected a file, found no such file'],
    ['others: [{ status: complete }]', 'others: expected 1 more runs, found 0 more runs'],
    [
      'messages: [{ task: plan-phase-1, role: planner, says: [no such] }]',
      'messages[0] (to planner of plan-phase-1): expected with "no such" in it, found nothing',
    ],
    [
      'blocked: [{ task: finalize, code: checkout_dirty }]',
      'blocked: expected finalize (checkout_dirty), found nothing',
    ],
  ])('%s', (yaml, difference) => {
    expect(differences(yaml)).toEqual([difference]);
  });
});

it('files are compared whole, in part, or as absent', () => {
  const files = new Map([
    ['a.txt', 'hello\n'],
    ['b.txt', 'there'],
    ['c.txt', null],
  ]);
  const facts = makeFacts(undefined, { files });
  expect(
    differences('files: { a.txt: hello, b.txt: { contains: [he] }, c.txt: { absent: true } }', facts),
  ).toEqual([]);
  expect(
    differences('files: { a.txt: goodbye, b.txt: { absent: true }, c.txt: { contains: [x] } }', facts),
  ).toEqual([
    'files.a.txt: expected goodbye, found hello',
    'files.b.txt: expected no such file, found there',
    'files.c.txt: expected a file, found no such file',
  ]);
});

it('a file of the folder expected/ must be there as it is', () => {
  const scenario = { expected: expectedOf('{}'), expectedFiles: new Map([['a.txt', 'hello\n']]) };
  const facts = (text: string): Facts => makeFacts(undefined, { files: new Map([['a.txt', text]]) });
  expect(compare(scenario, facts('hello\n'), true)).toEqual([]);
  expect(compare(scenario, facts('other\n'), true)).toHaveLength(1);
});

it('what blocks a run is compared with its reason and the ways out', () => {
  const blocked = [
    {
      taskId: 't',
      taskName: 'finalize',
      code: 'checkout_dirty',
      message: 'README.md',
      output: null,
      next: ['git stash'],
    },
  ];
  const facts = makeFacts(makeRun('single-phase', { blocked }));
  expect(
    differences('blocked: [{ task: finalize, code: checkout_dirty, says: [README.md, git stash] }]', facts),
  ).toEqual([]);
  expect(
    differences('blocked: [{ task: finalize, code: checkout_dirty, says: [tina retry] }]', facts),
  ).toHaveLength(1);
});

it('findings are compared in their order, each by what the scenario says of it', () => {
  const finding = {
    phase: '1',
    severity: 'blocker',
    source: 'review',
    status: 'closed',
    message: 'No test for search',
  };
  const facts = makeFacts(makeRun('single-phase', { findings: [finding] as never }));
  expect(differences('findings: [{ severity: blocker, says: No test }]', facts)).toEqual([]);
  expect(differences('findings: [{ status: open, says: No limit }]', facts)).toEqual([
    'findings[0].status: expected open, found closed',
    'findings[0]: expected with "No limit" in it, found No test for search',
  ]);
});

it('lost attempts and retries are counted', () => {
  const facts = makeFacts(makeRun('everything-killed'));
  expect(differences('metrics: { lost: { atLeast: 2 }, retries: { atLeast: 2 } }', facts)).toEqual([]);
});

describe('a launch', () => {
  const refused = makeFacts(null, {
    launch: { code: 1, stdout: '', stderr: '{"error":{"code":"no_agent","message":"tina init"}}' },
  });

  it('that is refused as expected differs in nothing', () => {
    expect(differences('launch: { exit: 1, error: no_agent, says: [tina init] }', refused)).toEqual([]);
  });

  it('that is refused unexpectedly, or otherwise than expected, is told', () => {
    expect(differences('status: complete', refused)[0]).toMatch(/^launch\.exit: expected 0, found 1: /);
    expect(differences('launch: { exit: 1, error: no_git }', refused)).toEqual([
      'launch.error: expected no_git, found no_agent',
    ]);
    expect(differences('launch: { exit: 1, error: no_agent }', makeFacts())[0]).toMatch(/^launch\.exit: /);
  });
});

it('where another agent did the work, what depends on the script is not compared', () => {
  const other = 'status: complete\nattempts: { plan-phase-1: [failed] }\nevents: { merge.completed: 99 }\n';
  expect(differences(other, makeFacts(), false)).toEqual([]);
  expect(differences('status: blocked', makeFacts(), false)).toHaveLength(1);
});
