// Warnings about values of an unexpected type in raw JSON.

/** Emits warnings of the core as process warnings, in the current async context. */
export function passOnWarnings(warnings: readonly string[]): void {
  for (const text of warnings) process.emitWarning(text, 'CrankWheelWarning');
}
