/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/imap/mm-imap-utf7.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

static int
digit_value (char c)
{
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  if (c == '+')
    return 62;
  /* ordinary base64 is seen in the field */
  if (c == ',' || c == '/')
    return 63;
  return -1;
}

/* Appends one UTF-16 unit; @high carries a surrogate from call to call. */
static gboolean
append_unit (GString  *out,
             guint     unit,
             gunichar *high)
{
  if (unit >= 0xDC00 && unit < 0xE000)
    {
      if (*high == 0)
        return FALSE;
      g_string_append_unichar (out, 0x10000 + ((*high - 0xD800) << 10) + (unit - 0xDC00));
      *high = 0;
      return TRUE;
    }
  if (*high != 0 || unit == 0)
    return FALSE;
  if (unit >= 0xD800 && unit < 0xDC00)
    *high = unit;
  else
    g_string_append_unichar (out, unit);
  return TRUE;
}

/* Decodes the sequence behind '&'. Returns how many bytes it takes with its '-', 0 when it is
 * not well formed; then nothing is appended. */
static gsize
decode_sequence (const char *text,
                 gsize       length,
                 GString    *out)
{
  gsize before = out->len;
  gunichar high = 0;
  guint bits = 0, n_bits = 0;
  gsize i;

  for (i = 0; i < length && text[i] != '-'; i++)
    {
      int value = digit_value (text[i]);

      if (value < 0)
        break;
      bits = (bits << 6) | (guint) value;
      n_bits += 6;
      if (n_bits < 16)
        continue;
      n_bits -= 16;
      if (!append_unit (out, (bits >> n_bits) & 0xFFFF, &high))
        break;
      bits &= (1u << n_bits) - 1;
    }

  if (i < length && text[i] == '-' && out->len > before && high == 0 && n_bits < 6 && bits == 0)
    return i + 1;
  g_string_truncate (out, before);
  return 0;
}

char *
mm_imap_utf7_decode (const char *name,
                     gssize      length)
{
  g_autoptr (GString) out = NULL;
  gsize n = length < 0 ? strlen (name) : (gsize) length;

  out = g_string_sized_new (n);
  for (gsize i = 0; i < n;)
    {
      gsize used = 0;

      if (name[i] == '&' && i + 1 < n && name[i + 1] == '-')
        {
          g_string_append_c (out, '&');
          i += 2;
          continue;
        }
      if (name[i] == '&')
        used = decode_sequence (name + i + 1, n - i - 1, out);
      if (used > 0)
        i += used + 1;
      else
        g_string_append_c (out, name[i++]);
    }

  return g_utf8_make_valid (out->str, (gssize) out->len);
}

static void
append_base64 (GString *out,
               guint    unit,
               guint   *bits,
               guint   *n_bits)
{
  *bits = (*bits << 16) | unit;
  *n_bits += 16;
  while (*n_bits >= 6)
    {
      *n_bits -= 6;
      g_string_append_c (out, alphabet[(*bits >> *n_bits) & 63]);
    }
  *bits &= (1u << *n_bits) - 1;
}

static gboolean
is_direct (char c)
{
  return c >= 0x20 && c <= 0x7E;
}

/* Writes the run of characters that need base64 at @text; returns where it ends. */
static const char *
encode_run (const char *text,
            GString    *out)
{
  guint bits = 0, n_bits = 0;

  g_string_append_c (out, '&');
  for (; *text != 0 && !is_direct (*text); text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      if (c >= 0x10000)
        {
          append_base64 (out, 0xD800 + ((c - 0x10000) >> 10), &bits, &n_bits);
          append_base64 (out, 0xDC00 + ((c - 0x10000) & 0x3FF), &bits, &n_bits);
        }
      else
        append_base64 (out, c, &bits, &n_bits);
    }
  if (n_bits > 0)
    g_string_append_c (out, alphabet[(bits << (6 - n_bits)) & 63]);
  g_string_append_c (out, '-');
  return text;
}

char *
mm_imap_utf7_encode (const char *name)
{
  GString *out = NULL;

  g_return_val_if_fail (name != NULL, NULL);

  out = g_string_sized_new (strlen (name) + 8);
  while (*name != 0)
    {
      if (!is_direct (*name))
        {
          name = encode_run (name, out);
          continue;
        }
      g_string_append_c (out, *name);
      if (*name++ == '&')
        g_string_append_c (out, '-');
    }
  return g_string_free (out, FALSE);
}
