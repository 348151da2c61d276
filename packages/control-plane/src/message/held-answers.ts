/**
 * Answers that a call of their agent's waits for: they are its to take, and nobody hands them over by another way. Known to
 * this process alone; when it dies, the call is gone with it, and the answer is a message like any other.
 */
export interface HeldAnswers {
  hold(questionId: string): void;
  release(questionId: string): void;
  isHeld(questionId: string | null): boolean;
}

export function createHeldAnswers(): HeldAnswers {
  const held = new Set<string>();
  return {
    hold: (questionId) => void held.add(questionId),
    release: (questionId) => void held.delete(questionId),
    isHeld: (questionId) => questionId !== null && held.has(questionId),
  };
}
