import type { SignatureForm } from "../../systems/index.ts";
import { goSnippet } from "./go.ts";
import { nodeSnippet } from "./node.ts";
import { phpSnippet } from "./php.ts";
import { pythonSnippet } from "./python.ts";

/** Code that tells a genuine request from another, in one language. */
export type Snippet = { key: "node" | "php" | "python" | "go"; name: string; text: string };

/** How a receiver verifies requests that are signed in this form, in each language that we know. */
export const snippetsFor = (form: SignatureForm): Snippet[] => [
  { key: "node", name: "Node", text: nodeSnippet(form) },
  { key: "php", name: "PHP", text: phpSnippet(form) },
  { key: "python", name: "Python", text: pythonSnippet(form) },
  { key: "go", name: "Go", text: goSnippet(form) },
];
