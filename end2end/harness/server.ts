// A Heluo on a free port with a data directory of its own.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

// Loading the demo city is part of the first start.
const START_LIMIT = 180_000;

export class Server {
  private constructor(
    readonly origin: string,
    readonly dataDir: string,
    private readonly process: ChildProcess,
  ) {}

  static async start(dataDir: string, variables: Record<string, string> = {}): Promise<Server> {
    const binary = process.env.HELUO_BIN;
    if (!binary) throw new Error("HELUO_BIN names no server; run `cargo xtask test e2e`.");
    const address = `127.0.0.1:${await freePort()}`;
    const log = openSync(join(dataDir, "server.log"), "a");
    const { DATABASE_URL, HELUO_BASE_URL, LEPTOS_SITE_ROOT, ...inherited } = process.env;
    // E-mail is set up, so that its pages are whole, and nobody takes it: what is mailed waits in the outbox.
    const mail = { HELUO_SMTP_URL: "smtp://127.0.0.1:9", HELUO_SMTP_FROM: "河洛 <noreply@example.com>" };
    const child = spawn(binary, ["serve", "--demo-if-empty"], {
      env: { ...inherited, ...mail, ...variables, HELUO_ADDR: address, HELUO_DATA_DIR: dataDir },
      stdio: ["ignore", log, log],
    });
    const server = new Server(`http://${address}`, dataDir, child);
    await server.untilReady();
    return server;
  }

  /** What the server has said so far. */
  log(): string {
    return readFileSync(join(this.dataDir, "server.log"), "utf8");
  }

  async stop(): Promise<void> {
    await this.end("SIGTERM");
  }

  /** As a power cut would end it. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.hasEnded()) return;
    const ended = once(this.process, "exit");
    this.process.kill(signal);
    const impatience = setTimeout(() => this.process.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(impatience);
  }

  private hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  private async untilReady(): Promise<void> {
    const limit = Date.now() + START_LIMIT;
    while (!(await this.isReady())) {
      if (this.hasEnded()) throw new Error(`The server ended at once:\n${this.log()}`);
      if (Date.now() > limit) {
        await this.kill();
        throw new Error(`The server is not ready in time:\n${this.log()}`);
      }
      await sleep(100);
    }
  }

  private async isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.origin}/readyz`)).ok;
    } catch {
      return false;
    }
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
