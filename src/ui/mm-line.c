/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-line.h"

struct _MmLine
{
  GObject parent_instance;

  char *icon_name;
  char *title;
  char *subtitle;
};

G_DEFINE_FINAL_TYPE (MmLine, mm_line, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_ICON_NAME,
  PROP_TITLE,
  PROP_SUBTITLE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
mm_line_finalize (GObject *object)
{
  MmLine *self = MM_LINE (object);

  g_free (self->icon_name);
  g_free (self->title);
  g_free (self->subtitle);

  G_OBJECT_CLASS (mm_line_parent_class)->finalize (object);
}

static void
mm_line_get_property (GObject    *object,
                      guint       prop_id,
                      GValue     *value,
                      GParamSpec *pspec)
{
  MmLine *self = MM_LINE (object);

  switch (prop_id)
    {
    case PROP_ICON_NAME:
      g_value_set_string (value, self->icon_name);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_SUBTITLE:
      g_value_set_string (value, self->subtitle);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mm_line_class_init (MmLineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = mm_line_finalize;
  object_class->get_property = mm_line_get_property;

  properties[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
mm_line_init (MmLine *self)
{
}

MmLine *
mm_line_new (const char *icon_name,
             const char *title,
             const char *subtitle)
{
  MmLine *self = g_object_new (MM_TYPE_LINE, NULL);

  self->icon_name = g_strdup (icon_name);
  self->title = g_strdup (title);
  self->subtitle = g_strdup (subtitle);
  return self;
}

const char *
mm_line_get_icon_name (MmLine *self)
{
  g_return_val_if_fail (MM_IS_LINE (self), NULL);
  return self->icon_name;
}

const char *
mm_line_get_title (MmLine *self)
{
  g_return_val_if_fail (MM_IS_LINE (self), NULL);
  return self->title;
}

const char *
mm_line_get_subtitle (MmLine *self)
{
  g_return_val_if_fail (MM_IS_LINE (self), NULL);
  return self->subtitle;
}
