import { isActive, isOver, type RefAttempt, type RefRun, taskNamed } from './reference-run.test-support.ts';

export interface RefMail {
  readonly messages: RefMessage[];
  readonly questions: RefQuestion[];
  /** How many turns each attempt had because a person wrote to it. */
  readonly turns: Map<RefAttempt, number>;
}

/** Something written, by its place among all that were. */
export interface RefMessage {
  readonly from: RefAttempt | null;
  /** An attempt's key, a task's name, or `people`. */
  readonly to: string;
  reached: RefAttempt | null;
}

export interface RefQuestion {
  readonly of: RefAttempt;
  isAnswered: boolean;
}

/** What is said by people and agents to one another; messages and questions by their place. */
export type MailWord =
  | { readonly say: 'send'; readonly to: string; readonly isTask: boolean }
  | { readonly say: 'answer'; readonly question: number }
  | { readonly say: 'write'; readonly attempt: string; readonly to: string }
  | { readonly say: 'ask' | 'read'; readonly attempt: string }
  | { readonly say: 'hear'; readonly attempt: string; readonly message: number };

const MOST_WAITING = 50;
const MOST_WRITTEN = 100;
const MOST_ASKED = 20;
const MOST_TURNS = 5;

export function takeMail(run: RefRun, word: MailWord): string | null {
  if (word.say === 'send' || word.say === 'answer') {
    if (run.control !== 'active' && run.control !== 'paused') return 'run_ended';
    return word.say === 'send' ? send(run, word.to, word.isTask) : answer(run, word.question);
  }
  const attempt = run.attempts.find(({ key }) => key === word.attempt);
  if (!attempt || !isActive(attempt)) return 'stale_attempt';
  switch (word.say) {
    case 'write':
      return write(run, attempt, word.to);
    case 'ask':
      if (run.mail.questions.filter(({ of }) => of === attempt).length >= MOST_ASKED)
        return 'too_many_questions';
      run.mail.questions.push({ of: attempt, isAnswered: false });
      return null;
    case 'read':
      return read(run, attempt);
    case 'hear':
      return hearOne(run, attempt, run.mail.messages[word.message]);
  }
}

/** Whether a person wrote something that the attempt has not got, and it did not have its extra turns. */
export function hasUnheard(run: RefRun, attempt: RefAttempt): boolean {
  const turns = run.mail.turns.get(attempt) ?? 0;
  return turns < MOST_TURNS && waitingFor(run, attempt).some(({ from }) => from === null);
}

function waitingFor({ mail: { messages } }: RefRun, { key, task }: RefAttempt): readonly RefMessage[] {
  return messages.filter(({ to, reached }) => reached === null && (to === key || to === task.name));
}

function send(run: RefRun, to: string, isTask: boolean): string | null {
  if (isTask && isOver(taskNamed(run, to))) return 'task_over';
  const attempt = run.attempts.find(({ key }) => key === to);
  if (!isTask && !attempt) return 'no_such_attempt';
  if (attempt && !isActive(attempt)) return 'attempt_ended';
  return put(run, { from: null, to, reached: null });
}

function write(run: RefRun, from: RefAttempt, to: string): string | null {
  const other = run.attempts.find(({ key }) => key === to);
  if (to !== 'people' && (!other || other === from || !isActive(other))) return 'nobody_there';
  const written = run.mail.messages.filter((message) => message.from === from).length;
  if (written >= MOST_WRITTEN) return 'too_many_messages';
  return put(run, { from, to, reached: null });
}

function put({ mail: { messages } }: RefRun, message: RefMessage): string | null {
  const waiting = messages.filter(({ to, reached }) => reached === null && to === message.to).length;
  if (message.to !== 'people' && waiting >= MOST_WAITING) return 'inbox_full';
  messages.push(message);
  return null;
}

function answer(run: RefRun, place: number): string | null {
  const question = run.mail.questions[place];
  if (!question) return 'no_such_question';
  if (question.isAnswered) return 'question_answered';
  if (!isActive(question.of)) return 'question_closed';
  question.isAnswered = true;
  run.mail.messages.push({ from: null, to: question.of.key, reached: null });
  return null;
}

function read(run: RefRun, attempt: RefAttempt): string | null {
  if (attempt.turn === 0) return 'not_started';
  const waiting = waitingFor(run, attempt);
  for (const message of waiting) message.reached = attempt;
  return waiting.length === 0 ? 'no_such_message' : null;
}

function hearOne(run: RefRun, attempt: RefAttempt, message: RefMessage | undefined): string | null {
  if (attempt.turn === 0) return 'not_started';
  if (!message) return 'no_such_message';
  if (message.reached === attempt) return null;
  const waiting = waitingFor(run, attempt);
  if (!waiting.includes(message)) return 'no_such_message';
  if (waiting[0] !== message) return 'out_of_order';
  message.reached = attempt;
  return null;
}
