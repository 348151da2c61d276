import { assertNever } from '../assert-never.ts';
import type { Decision, RunCommand } from '../command.ts';
import type { RunState } from '../state.ts';
import { holdReturns } from './hold-returns.ts';
import { decideNode, decideTimer } from './node.ts';
import { decideOperator } from './operator.ts';

/**
 * What a command changes, or why it is refused. It holds only what the input itself changes; what follows from the new
 * state is the schedule's.
 */
export function decide(state: RunState, command: RunCommand, now: number): Decision {
  switch (command.kind) {
    case 'pause':
    case 'resume':
    case 'cancel':
    case 'retry':
    case 'skip':
    case 'edit-task':
    case 'approve':
    case 'reject':
    case 'finalize':
    case 'send-message':
    case 'answer-question':
      return decideOperator(state, command);
    case 'fire-task-timer':
    case 'fire-attempt-timer':
      return decideTimer(state, command);
    case 'begin-attempt':
    case 'report':
    case 'end-turn':
    case 'warn-attempt':
    case 'lose-attempt':
    case 'tell-progress':
    case 'write-message':
    case 'ask-question':
    case 'deliver-message':
    case 'read-messages':
    case 'complete-job':
      return holdReturns(state, decideNode(state, command, now), now);
    default:
      return assertNever(command);
  }
}
