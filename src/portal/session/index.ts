export { keepTheme, type Theme, themeOf } from "./cookies.ts";
export { beginSession, finishSession, formOf, isOurs, readSession, type Session } from "./session.ts";
