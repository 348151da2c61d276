import { expect, it } from 'vitest';
import { commandEnvironment } from './command-environment.ts';

const common = { homeId: 'home', runId: 'r1' };

it('G30 gives a command what the daemon has, without secrets, terminals, and what is Tina’s own', () => {
  const environment = {
    PATH: '/usr/bin',
    JAVA_HOME: '/opt/java',
    SSH_AUTH_SOCK: '/run/agent.sock',
    CI: 'true',
    GITHUB_TOKEN: 'a',
    OPENAI_API_KEY: 'b',
    CLIENT_SECRET: 'c',
    PGPASSWORD: 'd',
    DATABASE_URL: 'postgres://user:password@localhost/db',
    SMTP_PASS: 'f',
    MAX_TOKENS: '4096',
    TMUX: '/tmp/tmux-0/default,1,0',
    TMUX_PANE: '%0',
    GIT_DIR: '.git',
    TINA_HOME: '/h',
    TINA_TOKEN: 'e',
    UNSET: undefined,
  };
  expect(commandEnvironment({ ...common, environment, named: [] })).toEqual({
    PATH: '/usr/bin',
    JAVA_HOME: '/opt/java',
    SSH_AUTH_SOCK: '/run/agent.sock',
    CI: 'true',
    MAX_TOKENS: '4096',
    TINA_HOME_ID: 'home',
    TINA_NODE_WORK: '1',
    TINA_RUN: 'r1',
  });
});

it('gives it the secrets that the configuration names, and nothing of Tina’s for that', () => {
  const environment = { NPM_TOKEN: 'a', OTHER_TOKEN: 'b', TINA_TOKEN: 'c' };
  const named = ['NPM_TOKEN', 'TINA_TOKEN', 'NOT_THERE'];
  expect(commandEnvironment({ ...common, environment, named })).toEqual({
    NPM_TOKEN: 'a',
    TINA_HOME_ID: 'home',
    TINA_NODE_WORK: '1',
    TINA_RUN: 'r1',
  });
});
