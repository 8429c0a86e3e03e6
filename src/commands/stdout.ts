/** Where a command puts its result. With `--json` one document stands there whatever happens, so it is known whether one does. */
export interface Stdout {
  /** Something was printed. */
  readonly used: boolean;
  print(text: string): void;
  printJson(value: unknown): void;
}

export function createStdout(stream: Pick<NodeJS.WritableStream, "write">): Stdout {
  let used = false;
  const print = (text: string): void => {
    used = true;
    stream.write(text.endsWith("\n") ? text : `${text}\n`);
  };
  return {
    get used() {
      return used;
    },
    print,
    printJson: (value) => print(JSON.stringify(value, null, 2)),
  };
}
