import { projectName } from './projectName';
import type { ProjectRules } from './projectName';

/** Which of these projects lie in one of the folders, in whatever way these are spelled. */
export function projectsIn(
  folders: readonly string[],
  projects: readonly string[],
  rules: ProjectRules,
): string[] {
  const places = folders.map((folder) => projectName(folder));
  const lies = (path: string): boolean =>
    places.some((place) => path === place || path.startsWith(place === '/' ? place : `${place}/`));
  // A project that a rule of the user names lies where the rule says.
  const named = [
    ...folders.map((folder) => projectName(folder, rules)),
    ...Object.keys(rules)
      .filter((folder) => lies(projectName(folder)))
      .map((folder) => rules[folder]!),
  ];
  return projects.filter((project) => lies(project) || named.includes(project));
}
