using SkiaSharp;

namespace Wellbehaved.Figures;

/// <summary>Writes the formats that are not text: PNG and PDF.</summary>
internal static class SkiaFiles
{
    private const int PixelsPerPixel = 2;
    private const float PointsPerPixel = 0.75f;

    /// <summary>Draws a PNG at twice the size, so that it is sharp on present-day screens.</summary>
    public static byte[] ToPng(IDrawing layout)
    {
        using var surface = SKSurface.Create(new SKImageInfo((int)(PixelsPerPixel * layout.Width), (int)(PixelsPerPixel * layout.Height)));
        surface.Canvas.Scale(PixelsPerPixel);
        using (var skia = new SkiaSurface(surface.Canvas))
        {
            layout.Draw(skia);
        }

        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>Draws a PDF of one page.</summary>
    public static byte[] ToPdf(IDrawing layout, string title)
    {
        using var stream = new MemoryStream();
        using (var document = SKDocument.CreatePdf(stream, new SKDocumentPdfMetadata { Title = title, Creator = "wellbehaved" }))
        {
            var canvas = document.BeginPage((float)layout.Width * PointsPerPixel, (float)layout.Height * PointsPerPixel);
            canvas.Scale(PointsPerPixel);
            using (var skia = new SkiaSurface(canvas))
            {
                layout.Draw(skia);
            }

            document.EndPage();
            document.Close();
        }

        return stream.ToArray();
    }
}
