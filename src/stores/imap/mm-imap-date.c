/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mm-reference.h"
#include "stores/imap/mm-imap-date.h"

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* Days since 1970 of a day in the Gregorian calendar: in eras of 400 years that begin in March,
 * so that the leap day is the last one of its year. */
static gint64
days_from_civil (gint64 year,
                 guint  month,
                 guint  day)
{
  gint64 shifted = year - (month <= 2);
  gint64 era = (shifted >= 0 ? shifted : shifted - 399) / 400;
  gint64 of_era = shifted - era * 400;
  gint64 of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void
skip_separators (const char **text)
{
  while (**text == ' ' || **text == '\t' || **text == '-' || **text == ',' || **text == '"' ||
         **text == '\r' || **text == '\n')
    (*text)++;
}

/* Up to @max digits; -1 when there is none. */
static int
read_number (const char **text,
             guint        max,
             guint       *n_digits)
{
  int value = 0;
  guint n = 0;

  for (; n < max && g_ascii_isdigit (**text); n++)
    value = value * 10 + *(*text)++ - '0';
  if (n_digits != NULL)
    *n_digits = n;
  return n > 0 ? value : -1;
}

/* 1 to 12, or 0. */
static guint
read_month (const char **text)
{
  for (guint i = 0; i < G_N_ELEMENTS (months); i++)
    if (g_ascii_strncasecmp (*text, months[i], 3) == 0)
      {
        while (g_ascii_isalpha (**text))
          (*text)++;
        return i + 1;
      }
  return 0;
}

static gboolean
read_time (const char **text,
           gint64      *seconds)
{
  int hour, minute, second = 0;

  skip_separators (text);
  hour = read_number (text, 2, NULL);
  if (hour < 0 || hour > 24 || **text != ':')
    return FALSE;
  (*text)++;
  minute = read_number (text, 2, NULL);
  if (minute < 0 || minute > 59)
    return FALSE;
  if (**text == ':')
    {
      (*text)++;
      second = read_number (text, 2, NULL);
      if (second < 0 || second > 60)
        return FALSE;
    }
  *seconds = hour * 3600 + minute * 60 + MIN (second, 59);
  return TRUE;
}

/* Seconds east of Greenwich; 0 for what is no zone. */
static int
read_zone (const char *text)
{
  static const struct { const char *name; int hours; } names[] = {
    { "EST", -5 }, { "EDT", -4 }, { "CST", -6 }, { "CDT", -5 },
    { "MST", -7 }, { "MDT", -6 }, { "PST", -8 }, { "PDT", -7 },
  };
  int sign, number, hours, minutes;
  guint n;

  while (*text == ' ' || *text == '\t')
    text++;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strncasecmp (text, names[i].name, 3) == 0)
      return names[i].hours * 3600;
  if (*text != '+' && *text != '-')
    return 0;
  sign = *text++ == '-' ? -1 : 1;
  number = read_number (&text, 4, &n);
  hours = n <= 2 ? number : number / 100;
  minutes = n <= 2 ? 0 : number % 100;
  if (n <= 2 && *text == ':')
    {
      text++;
      minutes = read_number (&text, 2, NULL);
    }
  if (n == 0 || hours > 15 || minutes < 0 || minutes > 59)
    return 0;
  return sign * (hours * 3600 + minutes * 60);
}

static int
widen_year (int   year,
            guint n_digits)
{
  if (n_digits == 2)
    return year < 50 ? year + 2000 : year + 1900;
  return n_digits == 3 ? year + 1900 : year;
}

gint64
mm_imap_date_parse (const char *text)
{
  int day, year;
  guint month, n_digits = 0;
  gint64 seconds;

  g_return_val_if_fail (text != NULL, MM_DATE_UNKNOWN);

  skip_separators (&text);
  /* the day of the week */
  while (g_ascii_isalpha (*text) || *text == '.')
    text++;
  skip_separators (&text);
  day = read_number (&text, 2, NULL);
  skip_separators (&text);
  month = read_month (&text);
  skip_separators (&text);
  year = read_number (&text, 4, &n_digits);
  if (day < 1 || day > 31 || month == 0 || n_digits < 2 || !read_time (&text, &seconds))
    return MM_DATE_UNKNOWN;

  return days_from_civil (widen_year (year, n_digits), month, (guint) day) * 86400 + seconds -
         read_zone (text);
}

char *
mm_imap_date_write (gint64 date)
{
  g_autoptr (GDateTime) time = NULL;

  if (date != MM_DATE_UNKNOWN)
    time = g_date_time_new_from_unix_utc (date);
  if (time == NULL || g_date_time_get_year (time) > 9999)
    return NULL;
  return g_strdup_printf ("\"%2d-%s-%04d %02d:%02d:%02d +0000\"",
                          g_date_time_get_day_of_month (time),
                          months[g_date_time_get_month (time) - 1],
                          g_date_time_get_year (time),
                          g_date_time_get_hour (time),
                          g_date_time_get_minute (time),
                          g_date_time_get_second (time));
}
