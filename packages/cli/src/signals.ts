/** A signal that aborts on Ctrl-C and its like. A second Ctrl-C does not break off the clean-up. */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      const text = controller.signal.aborted ? 'still cleaning up' : `${name}: stopping and cleaning up`;
      process.stderr.write(`\n${text}\n`);
      controller.abort();
    });
  }
  return controller.signal;
}
