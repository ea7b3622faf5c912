import { fork, type ChildProcess } from 'node:child_process';

/** The processes of the relay. A killed one is started again. */
export class Workers {
  readonly #script: string;
  readonly #env: NodeJS.ProcessEnv;
  /** Also those that are starting. */
  readonly #children = new Set<ChildProcess>();
  readonly #running = new Map<string, { readonly child: ChildProcess; readonly port: number }>();
  #isClosed = false;
  #next = 0;

  constructor(script: string, env: NodeJS.ProcessEnv) {
    this.#script = script;
    this.#env = env;
  }

  async start(name: string): Promise<void> {
    if (this.#isClosed) return;
    const child = fork(this.#script, [], { env: { ...this.#env, WORKER: name } });
    this.#children.add(child);
    child.once('exit', () => {
      this.#children.delete(child);
      this.#running.delete(name);
      setTimeout(() => void this.start(name), 500);
    });
    const port = await new Promise<number>((resolve) =>
      child.once('message', (port) => resolve(Number(port))),
    );
    this.#running.set(name, { child, port });
  }

  /** Returns the ports of the processes that run, each first in turn. */
  ports(): readonly number[] {
    const ports = [...this.#running.values()].map(({ port }) => port);
    this.#next += 1;
    return ports.map((_, i) => ports[(i + this.#next) % ports.length] ?? 0);
  }

  /** Kills a process, without giving it time to do anything. Returns whether it ran. */
  kill(name: string): boolean {
    return this.#running.get(name)?.child.kill('SIGKILL') ?? false;
  }

  close(): void {
    this.#isClosed = true;
    for (const child of this.#children) child.kill('SIGKILL');
  }
}
