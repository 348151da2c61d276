/** Why a job is not worked on any more. The first reason counts. */
export type JobAbortReason =
  /** Nobody wants it any more. */
  | 'withdrawn'
  /** The control plane has given it to somebody else, perhaps to this node again. */
  | 'lease_lost'
  /** Its attempt is being settled. */
  | 'attempt_over'
  /** The daemon ends; the next one finds it in the queue. */
  | 'stopping';

/** The reason of a job's abort signal. */
export class JobAbort extends Error {
  override readonly name = 'JobAbort';
  readonly reason: JobAbortReason;

  constructor(reason: JobAbortReason) {
    super(`The job was given up: ${reason}.`);
    this.reason = reason;
  }
}
