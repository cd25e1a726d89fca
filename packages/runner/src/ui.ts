/** How a run tells what it does. The CLI prints it; a test may collect it. */
export interface Ui {
  /** A part of the work: shown while it goes on, with its time when it has ended. `say` shows a detail. */
  step<T>(title: string, work: (say: (detail: string) => void) => Promise<T>): Promise<T>;
  /** A line that stays. */
  line(text: string): void;
}
