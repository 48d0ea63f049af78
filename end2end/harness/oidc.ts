// The other site of the stories about signing in through one: started, stopped, and asked what its settings are.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "./server.ts";

/** What a provider tells about somebody. */
export interface Told {
  name?: string;
  phone_number?: string;
  phone_number_verified?: boolean;
  email?: string;
  email_verified?: boolean;
}

const PROGRAM = fileURLToPath(new URL("./oidc-provider.mjs", import.meta.url));
const START_LIMIT = 30_000;

export class OidcProvider {
  private process?: ChildProcess;
  private said = "";

  private constructor(
    readonly port: number,
    private readonly people: Record<string, Told>,
    private readonly callback: string,
  ) {}

  /** A place for a provider whose people come back to `origin`; it does not run yet. */
  static at(port: number, origin: string, name: string, people: Record<string, Told>): OidcProvider {
    return new OidcProvider(port, people, `${origin}/oauth/${name.toLowerCase()}/callback`);
  }

  async start(skewSeconds = 0): Promise<void> {
    await this.stop();
    this.said = "";
    const child = spawn(process.execPath, [PROGRAM], {
      env: {
        PATH: process.env.PATH,
        PORT: String(this.port),
        CALLBACK: this.callback,
        PEOPLE: JSON.stringify(this.people),
        SKEW_SECONDS: String(skewSeconds),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process = child;
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (this.said += text));
    const limit = Date.now() + START_LIMIT;
    while (!this.said.includes("ready")) {
      if (child.exitCode !== null || Date.now() > limit) throw new Error(`The provider does not start:\n${this.said}`);
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const impatience = setTimeout(() => child.kill("SIGKILL"), 5_000);
    await ended;
    clearTimeout(impatience);
  }
}

/** The variables that tell Heluo of a provider at this port. */
export function variablesFor(name: string, port: number, label: string): Record<string, string> {
  const of = (setting: string) => `HELUO_OAUTH_${name}_${setting}`;
  const origin = `http://127.0.0.1:${port}`;
  return {
    [of("AUTHORIZE_URL")]: `${origin}/auth`,
    [of("TOKEN_URL")]: `${origin}/token`,
    [of("USERINFO_URL")]: `${origin}/me`,
    [of("CLIENT_ID")]: "heluo",
    [of("CLIENT_SECRET")]: "a-secret-for-stories",
    [of("SCOPES")]: "openid profile phone email",
    [of("LABEL")]: label,
  };
}

export { freePort };
