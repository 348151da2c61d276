import type { EventView } from '@tina/contract';
import type { Moment } from '../scenario/fault.ts';
import { fieldOf, type Ledger, taskOfEvent } from '../watcher/ledger.ts';

type EventMoment = Extract<Moment, { kind: 'event' }>;

/** Whether an event, which the ledger holds already, is one of those that the moment means. */
export function matches(moment: EventMoment, ledger: Ledger, event: EventView): boolean {
  if (event.type !== moment.event) return false;
  const task = taskOfEvent(ledger, event);
  const attempt = ledger.attempts.get(fieldOf(event.data, 'attemptId'));
  const asked = [
    [moment.task, task?.name],
    [moment.phase, task?.phase ?? fieldOf(event.data, 'number')],
    [moment.role, attempt?.role],
    [moment.step, fieldOf(event.data, 'step')],
  ] as const;
  return asked.every(([wanted, found]) => wanted === null || wanted === (found ?? ''));
}

/** `attempt.started of phase-1-task-1 (role implementer), the 2nd`: for people. */
export function momentText(moment: Moment): string {
  if (moment.kind === 'launch') return 'the launch';
  if (moment.kind === 'reached') return `an agent's coming to at/${moment.point}`;
  const { event, task, phase, role, step, nth } = moment;
  const narrowed = Object.entries({ task, phase, role, step }).filter(([, value]) => value !== null);
  const which = narrowed.map(([name, value]) => `${name} ${value}`).join(', ');
  return `event ${event}${which === '' ? '' : ` (${which})`}${nth === 1 ? '' : `, number ${nth}`}`;
}
