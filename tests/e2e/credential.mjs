// A certificate's credential against the Open Badges 3.0 types of another project (LearnCard): `node credential.mjs FILE`.
import { readFileSync } from "node:fs";
import { UnsignedAchievementCredentialValidator as schema } from "@learncard/types";

const credential = JSON.parse(readFileSync(process.argv[2], "utf8"));
const read = schema.safeParse(credential);
if (!read.success) {
  console.error(JSON.stringify(read.error.issues, null, 2));
  process.exit(1);
}
// What the schema requires is missed where it is taken away, so that passing means something.
const without = (change) => {
  const copy = structuredClone(credential);
  change(copy);
  return schema.safeParse(copy).success;
};
const needed = {
  "@context": (c) => delete c["@context"],
  type: (c) => delete c.type,
  issuer: (c) => delete c.issuer,
  credentialSubject: (c) => delete c.credentialSubject,
  "achievement's name": (c) => delete c.credentialSubject.achievement.name,
  "achievement's criteria": (c) => delete c.credentialSubject.achievement.criteria,
  "a result's type": (c) => delete c.credentialSubject.result[0].type,
};
const missed = Object.entries(needed).filter(([, change]) => without(change));
for (const [name] of missed) console.error(`${name} is not missed`);
console.log(`${Object.keys(needed).length + 1 - missed.length} passed, ${missed.length} failed`);
process.exit(missed.length === 0 ? 0 : 1);
