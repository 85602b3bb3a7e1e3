/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * LD_PRELOAD for mail servers that were unpacked rather than installed: a file below
 * /usr/lib/dovecot, /usr/bin/dove… or /usr/lib/cyrus is looked for in $RELOCATE_ROOT first. The
 * paths are compiled into the servers, and only some of them are settings.
 *
 *   cc -shared -fPIC -O2 -o relocate.so relocate.c
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const prefixes[] = { "/usr/lib/dovecot", "/usr/bin/dove", "/usr/lib/cyrus" };

static int
is_ours (const char *path)
{
  for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
    if (strncmp (path, prefixes[i], strlen (prefixes[i])) == 0)
      return 1;

  return 0;
}

/* @buffer: PATH_MAX bytes. Returns it, or @path where there is nothing to change. */
static const char *
relocate (const char *path,
          char       *buffer)
{
  const char *root = getenv ("RELOCATE_ROOT");

  if (path == NULL || root == NULL || !is_ours (path))
    return path;

  if (snprintf (buffer, PATH_MAX, "%s%s", root, path) >= PATH_MAX ||
      faccessat (AT_FDCWD, buffer, F_OK, 0) != 0)
    return path;

  return buffer;
}

DIR *
opendir (const char *path)
{
  DIR *(*next) (const char *) = (DIR * (*) (const char *)) dlsym (RTLD_NEXT, "opendir");
  char buffer[PATH_MAX];

  return next (relocate (path, buffer));
}

void *
dlopen (const char *path,
        int         flags)
{
  void *(*next) (const char *, int) = (void *(*) (const char *, int)) dlsym (RTLD_NEXT, "dlopen");
  char buffer[PATH_MAX];

  return next (relocate (path, buffer), flags);
}

int
execve (const char  *path,
        char *const  arguments[],
        char *const  environment[])
{
  int (*next) (const char *, char *const[], char *const[]) =
    (int (*) (const char *, char *const[], char *const[])) dlsym (RTLD_NEXT, "execve");
  char buffer[PATH_MAX];

  return next (relocate (path, buffer), arguments, environment);
}

int
execv (const char  *path,
       char *const  arguments[])
{
  return execve (path, arguments, environ);
}

int
access (const char *path,
        int         mode)
{
  char buffer[PATH_MAX];

  return faccessat (AT_FDCWD, relocate (path, buffer), mode, 0);
}

int
stat (const char  *path,
      struct stat *result)
{
  char buffer[PATH_MAX];

  return fstatat (AT_FDCWD, relocate (path, buffer), result, 0);
}
