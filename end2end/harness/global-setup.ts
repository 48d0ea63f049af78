// Loads the demo city once; each worker's server starts from a copy of it.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server } from "./server.ts";

export default async function prepareDemoCity(): Promise<() => Promise<void>> {
  const demoCity = await mkdtemp(join(tmpdir(), "heluo-demo-city-"));
  const server = await Server.start(demoCity);
  await server.stop();
  process.env.HELUO_DEMO_CITY = demoCity;
  return () => rm(demoCity, { recursive: true, force: true });
}
