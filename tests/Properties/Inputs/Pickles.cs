using System.Text;

namespace Wellbehaved.Tests.Properties;

/// <summary>Pickles as Python 2 wrote those of CIFAR, instruction by instruction.</summary>
internal static class Pickles
{
    /// <summary>A dictionary with labels, file names and an array 'data' of bytes.</summary>
    /// <param name="images">Images.</param>
    /// <param name="width">Bytes of an image.</param>
    /// <param name="data">The bytes.</param>
    /// <param name="fortran">Whether the first index is the fastest.</param>
    /// <param name="function">Module and name that build the array.</param>
    /// <param name="type">Type of the elements.</param>
    public static byte[] Write(
        int images,
        int width,
        byte[] data,
        bool fortran = false,
        string function = "numpy.core.multiarray\n_reconstruct\n",
        string type = "u1"
    )
    {
        var pickle = new List<byte>();
        Add("\u0080\u0002}q\u0001(");
        Text("batch_label");
        Text("training batch 1 of 5");
        Text("labels");
        Add("]q\u0004(");
        for (var i = 0; i < images; i++)
        {
            Add($"K{(char)(i % 10)}");
        }

        Add("e");
        Text("data");
        Add($"c{function}q\u0005cnumpy\nndarray\nq\u0006K\0\u0085");
        Text("b");
        Add("\u0087Rq\u0008(K\u0001");
        Number(images);
        Number(width);
        Add("\u0086cnumpy\ndtype\n");
        Text(type);
        Add("K\0K\u0001\u0087Rq\u000a(K\u0003");
        Text("|");
        Add("NNNJ\u00ff\u00ff\u00ff\u00ffJ\u00ff\u00ff\u00ff\u00ffK\0tb");
        Add(fortran ? "\u0088" : "\u0089");
        Add("T");
        pickle.AddRange(BitConverter.GetBytes(data.Length));
        pickle.AddRange(data);
        Add("tb");
        Text("filenames");
        Add("]r\u0000\u0001\u0000\u0000(");
        for (var i = 0; i < images; i++)
        {
            Text($"leptodactylus_pentadactylus_s_{i:d6}.png");
        }

        Add("eu.");
        return [.. pickle];

        void Add(string instructions) => pickle.AddRange(Encoding.Latin1.GetBytes(instructions));

        void Text(string text) => Add($"U{(char)text.Length}{text}q\u0002");

        void Number(int number)
        {
            Add("J");
            pickle.AddRange(BitConverter.GetBytes(number));
        }
    }
}
