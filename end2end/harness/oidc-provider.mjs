// A certified OpenID provider as a program of its own, so that a story can stop it, or set its clock wrong.
//
// PORT: where it listens. CALLBACK: where it sends people back to. PEOPLE: what it tells about whom, by login, as JSON;
// any other login is somebody of whom nothing but the name of the account is known. SKEW_SECONDS: how far its clock is off.

const skew = Number(process.env.SKEW_SECONDS ?? 0) * 1000;
if (skew !== 0) {
  const Right = Date;
  globalThis.Date = class extends Right {
    constructor(...given) {
      super(...(given.length > 0 ? given : [Right.now() + skew]));
    }
    static now() {
      return Right.now() + skew;
    }
  };
}

const { default: Provider } = await import("oidc-provider");

const people = JSON.parse(process.env.PEOPLE ?? "{}");
const provider = new Provider(`http://127.0.0.1:${process.env.PORT}`, {
  clients: [{ client_id: "heluo", client_secret: "a-secret-for-stories", redirect_uris: [process.env.CALLBACK] }],
  claims: {
    openid: ["sub"],
    profile: ["name"],
    phone: ["phone_number", "phone_number_verified"],
    email: ["email", "email_verified"],
  },
  // Pages where one signs in with any password, agrees, or cancels.
  features: { devInteractions: { enabled: true } },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
  pkce: { required: () => true },
  cookies: { keys: ["a-key-for-stories"] },
  ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 3600, IdToken: 600, Interaction: 3600, Session: 86_400 },
});
// Its pages load a font from elsewhere; stories need no network.
provider.use(async (context, next) => {
  await next();
  if (typeof context.body === "string") context.body = context.body.replace(/@import url\(https:[^)]*\);/, "");
});
provider.on("server_error", (_, error) => console.error(error));
const server = provider.listen(Number(process.env.PORT), "127.0.0.1", () => console.log("ready"));
process.on("SIGTERM", () => {
  server.closeAllConnections();
  server.close(() => process.exit(0));
});
